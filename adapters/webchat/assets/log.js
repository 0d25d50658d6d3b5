// The list of messages: in order, each once, with dates between days.

import { make, showPart } from "./parts.js";

const NEAR_END = 80; // pixels from the bottom that still count as reading the latest
const SAME_TURN = 5 * 60_000; // milliseconds
const TICK = "M4 12.5 9.5 18 20 7";

// Options: texts, face (one letter), onChoice, onRetry(id), onDiscard(id).
export class Log {
  constructor(options) {
    Object.assign(this, options);
    this.box = document.getElementById("log");
    this.list = document.getElementById("messages");
    this.newest = document.getElementById("newest");
    this.entries = []; // in the order shown: {id, key, mine, at, parts, state, row}
    this.missed = 0;
    this.newest.onclick = () => this.toEnd();
    this.box.onscroll = () => this.atEnd() && this.settle();
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.box);
    this.stuck = true;
  }

  clear() {
    this.entries = [];
    this.list.replaceChildren();
    this.settle();
  }

  // The visitor's own message, before the shop has it.
  addOwn(message, state) {
    if (this.entries.some((entry) => entry.key === message.id)) return;
    const parts = [{ type: "text", text: message.text }];
    this.insert({ id: 0, key: message.id, mine: true, at: new Date(message.at), parts, state });
    this.arrange();
    this.toEnd();
  }

  // Messages from the shop's ledger; returns those that were not here yet.
  addItems(items) {
    const follow = this.atEnd();
    const fresh = items.filter((item) => this.take(item));
    if (!fresh.length) return fresh;
    this.arrange();
    const incoming = fresh.filter((item) => !item.mine).length;
    if (follow) this.toEnd();
    else this.miss(incoming);
    return fresh;
  }

  take(item) {
    const known = this.entries.find((entry) =>
      item.mine ? entry.mine && entry.key === item.key : entry.id === item.id,
    );
    if (known) {
      if (item.id) known.id = item.id;
      if (known.mine) this.mark(known.key, "sent");
      return false;
    }
    this.insert({ ...item, at: new Date(item.at), state: item.mine ? "sent" : "" });
    return true;
  }

  // Ids rise; own messages that the ledger has not numbered yet stay where they were written.
  insert(entry) {
    let place = this.entries.length;
    if (entry.id) while (place > 0 && this.entries[place - 1].id > entry.id) place -= 1;
    entry.row = this.draw(entry);
    const after = this.entries[place];
    this.entries.splice(place, 0, entry);
    this.list.insertBefore(entry.row, after ? (after.divider ?? after.row) : null);
  }

  draw(entry) {
    const from = make("span", { className: "sr" });
    const face = make("span", { className: "face", textContent: this.face() });
    face.setAttribute("aria-hidden", "true");
    const parts = entry.parts.flatMap((part) => showPart(part, this.texts, this.onChoice));
    entry.meta = make("div", { className: "meta" });
    entry.from = from;
    const body = make("div", { className: "body" }, from, ...parts, entry.meta);
    const row = make("li", { className: entry.mine ? "message mine" : "message" }, face, body);
    if (!this.box.hasAttribute("aria-busy")) row.classList.add("fresh");
    this.label(entry);
    return row;
  }

  // Words that depend on the language or on the state.
  label(entry) {
    const who = this.texts.say(entry.mine ? "from_you" : "from_shop");
    entry.from.textContent = `${who}: `;
    const time = make("time", { dateTime: entry.at.toISOString(), textContent: this.texts.clock(entry.at) });
    entry.meta.replaceChildren(...this.stateOf(entry), time);
    entry.meta.classList.toggle("wanted", entry.mine && entry.state !== "sent");
  }

  stateOf(entry) {
    if (!entry.mine) return [];
    const words = this.texts.say(`state_${entry.state}`);
    if (entry.state === "sent") return [tick(words)];
    const shown = [make("span", { textContent: words, className: entry.state === "failed" ? "bad" : "" })];
    if (entry.state === "failed") {
      shown.push(button(this.texts.say("retry"), () => this.onRetry(entry.key)));
      shown.push(button(this.texts.say("discard"), () => this.onDiscard(entry.key)));
    }
    return shown;
  }

  mark(key, state) {
    const entry = this.entries.find((each) => each.mine && each.key === key);
    if (!entry || entry.state === state || entry.state === "sent") return;
    entry.state = state;
    this.label(entry);
    if (this.stuck) this.toEnd();
  }

  drop(key) {
    const entry = this.entries.find((each) => each.key === key);
    if (!entry) return;
    this.entries.splice(this.entries.indexOf(entry), 1);
    entry.divider?.remove();
    entry.row.remove();
    this.arrange();
  }

  // Put a date before the first message of a day, a face and the time once a turn.
  arrange() {
    this.entries.forEach((entry, number) => {
      const before = this.entries[number - 1];
      const after = this.entries[number + 1];
      this.divide(entry, !before || day(before) !== day(entry));
      entry.row.classList.toggle("turn", !sameTurn(before, entry));
      entry.row.classList.toggle("last", !sameTurn(entry, after));
    });
  }

  divide(entry, wanted) {
    if (wanted && !entry.divider) {
      entry.divider = make("li", { className: "date", textContent: this.texts.day(entry.at) });
      this.list.insertBefore(entry.divider, entry.row);
    } else if (!wanted && entry.divider) {
      entry.divider.remove();
      entry.divider = null;
    }
  }

  relabel() {
    this.entries.forEach((entry) => {
      this.label(entry);
      if (entry.divider) entry.divider.textContent = this.texts.day(entry.at);
    });
    this.tellMissed();
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_END;
    return this.stuck;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.stuck = true;
    this.settle();
  }

  miss(count) {
    this.missed += count;
    this.tellMissed();
  }

  settle() {
    this.missed = 0;
    this.tellMissed();
  }

  tellMissed() {
    this.newest.hidden = !this.missed;
    this.newest.textContent = `↓ ${this.texts.say("new_messages", { count: this.missed })}`;
    this.newest.title = this.texts.say("to_bottom");
  }
}

function sameTurn(one, other) {
  return Boolean(one && other) && one.mine === other.mine && day(one) === day(other) && other.at - one.at < SAME_TURN;
}

function day(entry) {
  return entry.at.toDateString();
}

function button(words, onclick) {
  return make("button", { type: "button", textContent: words, onclick });
}

function tick(words) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words);
  path.setAttribute("d", TICK);
  svg.append(path);
  return svg;
}
