// The visitor's messages that are not durable at the shop yet: kept, in order, one at a time.

import { keep, kept } from "./texts.js";

const ANSWER_WITHIN = 12_000; // milliseconds
const ATTEMPTS = 3;

// Events: "state" (detail: {id, state}); states: waiting, sending, sent, failed.
export class Outbox extends EventTarget {
  constructor(line, channel) {
    super();
    this.line = line;
    this.prefix = `xiaoer:${channel}:unsent:`;
    this.queue = [];
    this.owner = null;
  }

  // The shop told who we are: take up what an earlier page could not send.
  adopt(me) {
    const changed = this.owner !== null && this.owner !== me;
    this.owner = me;
    if (changed) this.queue = [];
    const known = new Set(this.queue.map((message) => message.id));
    this.queue.forEach((message) => this.store(message));
    const left = kept(`${this.prefix}${me}:`).map(([, value]) => JSON.parse(value));
    const adopted = left.filter((message) => !known.has(message.id)).sort((a, b) => a.at - b.at);
    this.queue.unshift(...adopted);
    return adopted;
  }

  add(text, choice = "") {
    const message = { id: newId(), text, choice, at: Date.now(), tries: 0 };
    this.queue.push(message);
    this.store(message);
    return message;
  }

  // The shop has it (accepted, or seen in the history).
  done(id) {
    const message = this.queue.find((each) => each.id === id);
    if (!message) return;
    this.remove(message);
    this.tell(id, "sent");
    this.pump();
  }

  remove(message) {
    this.queue = this.queue.filter((each) => each.id !== message.id);
    if (this.inFlight === message.id) this.land();
    keep(this.key(message), null);
  }

  // Send the next one if none is under way; a repeat is harmless, its id tells the shop.
  pump() {
    if (this.inFlight || this.pause) return;
    const next = this.queue.find((message) => !message.failed);
    if (!next) return;
    if (!this.line.online) return this.tell(next.id, "waiting");
    if (next.tries >= ATTEMPTS) return this.fail(next.id);
    const frame = { type: "say", id: next.id, text: next.text, choice: next.choice };
    if (!this.line.send(frame)) return;
    next.tries += 1;
    this.inFlight = next.id;
    this.tell(next.id, "sending");
    this.patience = setTimeout(() => this.line.drop(), ANSWER_WITHIN);
  }

  // The line broke: what was under way is sent again after the next welcome.
  interrupted() {
    this.land();
    this.queue.filter((each) => !each.failed).forEach((each) => this.tell(each.id, "waiting"));
  }

  // Sent too fast: wait as long as the shop asks, then go on.
  hold(seconds) {
    const held = this.queue.find((message) => message.id === this.inFlight);
    if (held) held.tries -= 1;
    this.land();
    this.pause = setTimeout(() => {
      this.pause = null;
      this.pump();
    }, seconds * 1000);
  }

  fail(id) {
    const message = this.queue.find((each) => each.id === id);
    if (this.inFlight === id) this.land();
    if (!message) return;
    message.failed = true;
    this.tell(id, "failed");
    this.pump();
  }

  retry(id) {
    const message = this.queue.find((each) => each.id === id);
    if (!message) return;
    message.failed = false;
    message.tries = 0;
    this.tell(id, this.line.online ? "sending" : "waiting");
    this.pump();
  }

  discard(id) {
    const message = this.queue.find((each) => each.id === id);
    if (message) this.remove(message);
    this.pump();
  }

  land() {
    clearTimeout(this.patience);
    this.inFlight = null;
  }

  key(message) {
    return `${this.prefix}${this.owner}:${message.id}`;
  }

  store(message) {
    if (this.owner) keep(this.key(message), JSON.stringify({ ...message, tries: 0, failed: false }));
  }

  tell(id, state) {
    this.dispatchEvent(new CustomEvent("state", { detail: { id, state } }));
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
