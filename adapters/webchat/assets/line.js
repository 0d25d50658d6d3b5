// The line to the shop: one socket that comes back by itself and always knows if it is alive.

const FIRST_WAIT = 500; // milliseconds; doubles up to the longest, with jitter
const LONGEST_WAIT = 20_000;
const STEADY = 10_000; // a line that held this long starts the waits anew
const SYNC_EVERY = 25_000;
const ANSWER_WITHIN = 10_000;
const TOO_MANY_WINDOWS = 4008;

// Events: "state" (detail: connecting | online | offline | elsewhere) and "frame" (detail: frame).
export class Line extends EventTarget {
  constructor(address, hello) {
    super();
    this.address = address;
    this.hello = hello; // gives the first frame; asked anew on every connect
    this.wait = FIRST_WAIT;
    this.state = "";
    addEventListener("offline", () => this.drop());
    addEventListener("online", () => this.now());
    // A phone that slept believes in a line that died long ago.
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
  }

  open() {
    clearTimeout(this.timer);
    this.become("connecting");
    this.openedAt = null;
    const socket = (this.socket = new WebSocket(this.address));
    const current = (act) => (event) => socket === this.socket && act(event);
    socket.onopen = current(() => {
      this.openedAt = Date.now();
      socket.send(JSON.stringify(this.hello()));
      this.watch(ANSWER_WITHIN);
    });
    socket.onmessage = current((event) => this.take(JSON.parse(event.data)));
    socket.onclose = current((event) => this.lost(event.code));
    this.watch(ANSWER_WITHIN);
  }

  get online() {
    return this.state === "online";
  }

  // Sends if there is a line; false means: not now, try when online again.
  send(frame) {
    if (!this.online || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  take(frame) {
    clearTimeout(this.watchdog);
    if (frame.type === "welcome") this.become("online");
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    clearTimeout(this.heart);
    this.heart = setTimeout(() => this.check(), SYNC_EVERY);
  }

  // Ask for news; no answer in time means that the line is dead.
  check() {
    if (!this.online) return this.now();
    this.send({ type: "sync", after: this.hello().after });
    this.watch(ANSWER_WITHIN);
  }

  watch(time) {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.drop(), time);
  }

  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.lost(0);
    socket.close();
  }

  lost(code) {
    this.socket = null;
    clearTimeout(this.watchdog);
    clearTimeout(this.heart);
    if (code === TOO_MANY_WINDOWS) return this.become("elsewhere");
    if (this.openedAt && Date.now() - this.openedAt > STEADY) this.wait = FIRST_WAIT;
    this.become("offline");
    this.timer = setTimeout(() => this.open(), this.wait * (0.5 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // Connect at once instead of waiting.
  now() {
    if (this.socket) return;
    this.wait = FIRST_WAIT;
    this.open();
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
