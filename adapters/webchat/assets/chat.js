// The chat page: joins the line, the outbox, the log and the composer.

import { Attention } from "./attention.js";
import { Line } from "./line.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { make } from "./parts.js";
import { Texts, keep, read } from "./texts.js";

const TYPING_SHOWN = 8000; // milliseconds
const TYPING_TOLD_EVERY = 4000;

const config = JSON.parse(document.getElementById("config").textContent);
const byId = (id) => document.getElementById(id);
const [text, send, banner, notice] = ["text", "send", "banner", "notice"].map(byId);
const texts = new Texts(config);
const shop = readFragment();
const KEPT_TOKEN = `xiaoer:${config.channel}:token`;
const KEPT_DRAFT = `xiaoer:${config.channel}:draft`;
let me = null;
let cursor = 0; // the highest id of the shop's messages that this page has

const title = () => config.title || texts.say("title");
const line = new Line(socketAddress(), () => ({
  type: "hello",
  after: cursor,
  locale: texts.locale,
  token: config.embedded ? (shop.token ?? read(KEPT_TOKEN) ?? "") : "",
  customer: shop.customer,
  context: shop.context,
}));
const outbox = new Outbox(line, config.channel);
const log = new Log({
  texts,
  face: () => [...title()][0],
  onChoice: choose,
  onRetry: (id) => outbox.retry(id),
  onDiscard: (id) => {
    outbox.discard(id);
    log.drop(id);
  },
});
const attention = new Attention({ line, texts, title });

// --- from the shop -------------------------------------------------------------------------

line.addEventListener("frame", ({ detail: frame }) => {
  const take = frames[frame.type];
  if (take) take(frame);
});

const frames = {
  welcome(frame) {
    if (frame.token) keepToken(frame.token);
    if (me !== null && me !== frame.me) startOver();
    me = frame.me;
    frames.fresh = true;
  },
  items(frame) {
    frame.items.filter((item) => item.mine).forEach((item) => outbox.done(item.key));
    log.addItems(frame.items);
    const incoming = frame.items.filter((item) => !item.mine);
    cursor = Math.max(cursor, ...incoming.map((item) => item.id));
    if (incoming.some((item) => item.unread)) hideTyping();
    attention.got(frame.items);
    showSuggestions();
  },
  synced() {
    const first = byId("log").hasAttribute("aria-busy");
    if (frames.fresh) outbox.adopt(me).forEach((message) => log.addOwn(message, "waiting"));
    frames.fresh = false;
    byId("log").removeAttribute("aria-busy");
    if (first) log.toEnd();
    showSuggestions();
    outbox.pump();
  },
  accepted(frame) {
    outbox.done(frame.id);
    say("");
  },
  refused(frame) {
    if (frame.reason === "rate") {
      outbox.hold(frame.retry_after);
      say("refused_rate", { seconds: Math.ceil(frame.retry_after) }, frame.retry_after * 1000);
    } else {
      const name = frame.reason === "too-long" ? "refused_too_long" : "refused_malformed";
      outbox.fail(frame.id || outbox.inFlight);
      say(name, { max: config.maxText });
    }
  },
  typing() {
    const follow = log.atEnd();
    byId("typing").hidden = false;
    if (follow) log.toEnd();
    clearTimeout(frames.typingTimer);
    frames.typingTimer = setTimeout(hideTyping, TYPING_SHOWN);
  },
  // What the answer says so far; the answer takes its place.
  draft(frame) {
    if (!frame.text) return hideTyping();
    byId("typing-words").textContent = frame.text;
    byId("typing").classList.add("draft");
    frames.typing();
  },
};

line.addEventListener("state", ({ detail: state }) => {
  if (state === "offline" || state === "elsewhere") {
    outbox.interrupted();
    hideTyping();
  }
  showState();
});

outbox.addEventListener("state", ({ detail: { id, state } }) => log.mark(id, state));

// A browser may forbid storage inside a foreign page: then the widget keeps the token for us.
function keepToken(token) {
  shop.token = token;
  keep(KEPT_TOKEN, token);
  attention.tellWidget({ xiaoer: "token", token });
}

// Another person's conversation (the shop's site signed somebody in or out): begin anew.
function startOver() {
  cursor = 0;
  log.clear();
  attention.reset();
}

function hideTyping() {
  byId("typing").hidden = true;
  byId("typing").classList.remove("draft");
  byId("typing-words").textContent = texts.say("typing");
}

// --- from the visitor ----------------------------------------------------------------------

function submit(words, choice = "") {
  const message = outbox.add(words, choice);
  log.addOwn(message, line.online ? "sending" : "waiting");
  showSuggestions();
  attention.look();
  outbox.pump();
}

function choose(option, button) {
  for (const each of button.parentElement.children) each.disabled = true;
  button.setAttribute("aria-pressed", "true");
  submit(option.label, option.id);
  text.focus({ preventScroll: true });
}

function sendText() {
  const words = text.value.trim();
  if (!words) return;
  if ([...words].length > config.maxText) return say("refused_too_long", { max: config.maxText });
  text.value = "";
  drafted();
  say("");
  submit(words);
  text.focus();
}

let toldAt = 0;

function drafted() {
  send.disabled = !text.value.trim();
  keep(KEPT_DRAFT, text.value || null);
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  if (text.value && Date.now() - toldAt > TYPING_TOLD_EVERY && line.send({ type: "typing" })) {
    toldAt = Date.now();
  }
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
});
text.addEventListener("input", drafted);
text.addEventListener("keydown", (event) => {
  // An Enter that picks a word in a Chinese input method must not send; 229 is older Safari's sign.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sendText();
});
byId("language").addEventListener("click", () => {
  texts.choose(texts.others[0]);
  line.send({ type: "speak", locale: texts.locale });
  showWords();
});

// --- what is shown -------------------------------------------------------------------------

function say(name, values, time = 8000) {
  notice.hidden = !name;
  notice.textContent = name ? texts.say(name, values) : "";
  clearTimeout(say.timer);
  if (name) say.timer = setTimeout(() => say(""), time);
}

function showState() {
  const shown = { online: "online", connecting: "connecting" }[line.state] ?? "offline";
  const presence = byId("presence");
  // A short break is mended before anybody needs to know: only a longer one shows the banner.
  clearTimeout(showState.timer);
  if (line.state === "online") banner.hidden = true;
  if (line.state === "offline") showState.timer = setTimeout(showBanner, navigator.onLine ? 1500 : 0);
  if (line.state === "elsewhere") showBanner();
  presence.dataset.state = shown;
  presence.textContent = texts.say(shown);
}

function showBanner() {
  const elsewhere = line.state === "elsewhere";
  banner.hidden = false;
  banner.textContent = texts.say(elsewhere ? "elsewhere" : "offline_banner");
  if (!elsewhere) return;
  banner.append(make("button", { type: "button", textContent: texts.say("resume"), onclick: () => line.now() }));
}

function showSuggestions() {
  const empty = log.entries.length === 0;
  byId("welcome").hidden = !empty || byId("log").hasAttribute("aria-busy");
}

function showWords() {
  document.documentElement.lang = texts.tag;
  byId("title").textContent = title();
  for (const id of ["avatar", "face"]) [byId(id).textContent] = title();
  byId("log").setAttribute("aria-label", texts.say("messages"));
  byId("greeting").textContent = config.greeting || texts.say("greeting");
  byId("suggestions").setAttribute("aria-label", texts.say("suggestions"));
  byId("typing-words").textContent = texts.say("typing");
  byId("hint").textContent = texts.say("hint");
  text.placeholder = texts.say("placeholder");
  text.setAttribute("aria-label", texts.say("message_input"));
  send.setAttribute("aria-label", texts.say("send"));
  send.title = texts.say("send");
  const [other] = texts.others;
  const language = byId("language");
  language.textContent = texts.nameOf(other);
  language.lang = texts.tags[other];
  language.setAttribute("aria-label", `${texts.say("language")}: ${texts.nameOf(other)}`);
  if (!banner.hidden) showBanner();
  showState();
  log.relabel();
  attention.show();
}

function offerSuggestions() {
  const offers = config.suggestions.map((words) =>
    make("li", {}, make("button", { type: "button", className: "choice", textContent: words, onclick: () => submit(words) })),
  );
  byId("suggestions").replaceChildren(...offers);
}

// --- start ---------------------------------------------------------------------------------

function socketAddress() {
  const address = new URL(`${config.base}/socket`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (config.embedded) address.search = "embed=1";
  return address;
}

// What the widget tells stays behind the #: no server logs it.
function readFragment() {
  const told = new URLSearchParams(location.hash.slice(1));
  const [id, expires, signature] = ["customer", "expires", "signature"].map((name) => told.get(name));
  const signed = id && signature && /^\d{1,12}$/.test(expires);
  const customer = signed ? { id, expires: Number(expires), signature } : null;
  const product = told.get("product");
  return { customer, token: told.get("token"), context: product ? { product: product.slice(0, 300) } : {} };
}

document.body.classList.toggle("embedded", config.embedded);
byId("log").setAttribute("aria-busy", "true");
offerSuggestions();
showSuggestions();
text.value = read(KEPT_DRAFT) ?? "";
showWords();
drafted();
if (!attention.framed) text.focus();
line.open();
