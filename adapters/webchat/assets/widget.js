// The launcher for the shop's own pages: <script src=".../chat/<channel>/widget.js" async></script>
// data-lang, data-product and data-customer + data-expires + data-signature tell more of the page.
(() => {
  const config = "%CONFIG%";
  const script = document.currentScript;
  const base = new URL("./", script.src);
  const chat = new URL(base.href.replace(/\/$/, ""));
  const locale = pick(script.dataset.lang || navigator.language);
  const words = config.texts[locale];
  const KEPT = `xiaoer-widget:${base.href}`;
  let frame = null;
  let ready = false;
  let unread = 0;

  const host = document.createElement("div");
  host.id = "xiaoer-widget";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // allowed under a strict style policy of the shop's page
  sheet.replaceSync(`
    :host { all: initial; position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; font-family: system-ui, sans-serif; }
    button { cursor: pointer; border: 0; padding: 0; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px ${config.accent}; }
    #launcher { position: relative; width: 60px; height: 60px; border-radius: 50%; background: ${config.accent};
      color: ${config.onAccent}; box-shadow: 0 6px 20px rgb(0 0 0 / 25%); }
    #launcher svg { width: 30px; height: 30px; display: block; margin: auto; fill: currentcolor; }
    #badge { position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; box-sizing: border-box;
      border-radius: 11px; background: #fff; color: #b3261e; font: 700 13px/22px system-ui, sans-serif; box-shadow: 0 1px 4px rgb(0 0 0 / 35%); }
    #panel { position: fixed; right: 20px; bottom: 20px; width: 380px; height: min(640px, calc(100vh - 40px));
      border-radius: 16px; overflow: hidden; box-shadow: 0 12px 48px rgb(0 0 0 / 28%); background: Canvas; }
    #panel iframe { width: 100%; height: 100%; border: 0; display: block; }
    #close { position: absolute; top: 14px; right: 12px; width: 36px; height: 36px; border-radius: 50%; background: transparent; color: ${config.onAccent}; }
    #close:hover { background: rgb(128 128 128 / 30%); }
    #close:focus-visible { outline: 3px solid ${config.onAccent}; box-shadow: none; }
    #close svg { width: 20px; height: 20px; display: block; margin: auto; stroke: currentcolor; stroke-width: 2.4; stroke-linecap: round; }
    [hidden] { display: none !important; }
    @media (max-width: 480px) { #panel { inset: 0; width: 100%; height: 100%; border-radius: 0; } }
    @media print { :host { display: none; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const launcher = button("launcher", "M12 3C6.5 3 2 6.9 2 11.6c0 2.7 1.5 5.1 3.8 6.7L5 22l4-2.1c1 .2 2 .4 3 .4 5.5 0 10-3.9 10-8.7S17.500 3 12 3z");
  const badge = Object.assign(document.createElement("span"), { id: "badge", hidden: true });
  badge.setAttribute("aria-hidden", "true");
  launcher.append(badge);
  const panel = Object.assign(document.createElement("div"), { id: "panel", hidden: true });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", config.title || words.title);
  const close = button("close", "M5 5 19 19M19 5 5 19");
  close.setAttribute("aria-label", words.close);
  panel.append(close);
  root.append(launcher, panel);
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.addEventListener("click", () => show(true));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  addEventListener("message", heard);
  label();
  document.body ? mount() : addEventListener("DOMContentLoaded", mount);

  function mount() {
    document.body.append(host);
    if (token()) load(); // a returning visitor learns of news without opening
  }

  function show(open) {
    if (open) load();
    panel.hidden = !open;
    launcher.hidden = open;
    tell(open ? "open" : "closed");
    if (open) frame.focus();
    else launcher.focus();
  }

  function load() {
    if (frame) return;
    chat.search = new URLSearchParams({ embed: "1", lang: locale }).toString();
    const { customer, expires, signature, product } = script.dataset;
    const known = { customer, expires, signature, product, token: token() };
    const facts = Object.entries(known).filter(([, value]) => value);
    chat.hash = new URLSearchParams(facts).toString();
    frame = Object.assign(document.createElement("iframe"), { src: chat.href, title: config.title || words.title });
    panel.prepend(frame);
  }

  function tell(state) {
    // Before its page has loaded, the frame still has our own origin: it asks when it is ready.
    if (ready) frame.contentWindow.postMessage({ xiaoer: state }, base.origin);
  }

  function heard(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
    const { xiaoer, count } = event.data ?? {};
    if (xiaoer === "ready") {
      ready = true;
      tell(panel.hidden ? "closed" : "open");
    }
    if (xiaoer === "token" && typeof event.data.token === "string") token(event.data.token);
    if (xiaoer === "close") show(false);
    if (xiaoer === "unread" && Number.isInteger(count)) {
      unread = count;
      label();
    }
  }

  function label() {
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    const name = unread ? words.open_unread.replace("{count}", unread) : words.open;
    launcher.setAttribute("aria-label", name);
    launcher.title = name;
  }

  function button(id, path) {
    const element = Object.assign(document.createElement("button"), { id, type: "button" });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    element.append(svg);
    return element;
  }

  function pick(tag) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    return Object.keys(config.texts).find((each) => each.toLowerCase().startsWith(language)) ?? config.locale;
  }

  // The token makes the visitor the same person on the next page; its absence: not met yet.
  function token(fresh) {
    try {
      if (fresh) localStorage.setItem(KEPT, fresh);
      return localStorage.getItem(KEPT);
    } catch {
      return null; // storage is forbidden: a new page is a new visitor
    }
  }
})();
