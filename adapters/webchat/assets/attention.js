// Whether the person is looking, and what waits to be seen: title, widget badge, receipts.

// Options: line, texts, title() gives the plain page title.
export class Attention {
  constructor(options) {
    Object.assign(this, options);
    this.framed = window.parent !== window;
    this.open = !this.framed; // a widget's panel starts closed
    this.unseen = new Set();
    this.latest = 0;
    this.site = null; // origin of the embedding site, once its widget has spoken
    this.untold = [];
    addEventListener("focus", () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    document.addEventListener("pointerdown", () => this.look());
    if (this.framed) this.joinWidget();
  }

  joinWidget() {
    addEventListener("message", (event) => {
      if (event.source !== window.parent || typeof event.data?.xiaoer !== "string") return;
      this.site = event.origin;
      this.untold.splice(0).forEach((message) => this.tellWidget(message));
      this.open = event.data.xiaoer === "open";
      this.look();
      if (this.open) document.getElementById("text").focus();
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.tellWidget({ xiaoer: "close" });
    });
    window.parent.postMessage({ xiaoer: "ready" }, "*");
  }

  // Counts, signals and the visitor's token go to the embedding site, never a word of the
  // conversation. Which sites may embed the page is the server's to say (frame-ancestors).
  tellWidget(message) {
    if (!this.framed) return;
    if (this.site) window.parent.postMessage(message, this.site);
    else this.untold.push(message);
  }

  get looking() {
    return this.open && !document.hidden && document.hasFocus();
  }

  // Everything the page got, also what it had already: the shop may have missed the receipt.
  got(items) {
    const incoming = items.filter((item) => !item.mine && item.unread);
    if (!incoming.length) return;
    incoming.forEach((item) => this.unseen.add(item.id));
    this.latest = Math.max(this.latest, ...incoming.map((item) => item.id));
    this.line.send({ type: "got", id: this.latest });
    this.look();
  }

  look() {
    if (this.unseen.size && this.looking && this.line.send({ type: "seen", id: this.latest })) {
      this.unseen.clear();
    }
    this.show();
  }

  show() {
    const count = this.unseen.size;
    const title = this.title();
    document.title = count ? this.texts.say("unread_title", { count, title }) : title;
    this.tellWidget({ xiaoer: "unread", count });
  }

  reset() {
    this.unseen.clear();
    this.latest = 0;
    this.show();
  }
}
