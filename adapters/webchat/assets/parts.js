// Shows the parts of a message. Whatever a stranger wrote becomes text, never markup.

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// onChoice(option, button) is called when a menu's button is pressed.
export function showPart(part, texts, onChoice) {
  switch (part.type) {
    case "text":
      return [bubble(part.text)];
    case "menu":
      return showMenu(part, onChoice);
    case "link":
      return [card(part.title || part.url, [part.description], part.url)];
    case "card":
      return [showCard(part)];
    case "image":
      return showImage(part, texts);
    default:
      return [];
  }
}

function bubble(text) {
  return make("p", { className: "bubble" }, ...linked(text));
}

// Text with its http(s) addresses clickable; everything else stays plain.
export function linked(text) {
  const pieces = text.split(/(https?:\/\/[\w\-.~:/?#@!$&'*+,;=%]+)/);
  return pieces.map((piece, number) => {
    const url = number % 2 ? safe(piece.replace(/[.,;:!?']+$/, "")) : null;
    if (!url) return piece;
    const shown = piece.replace(/[.,;:!?']+$/, "");
    const span = document.createDocumentFragment();
    span.append(anchor({ href: url, textContent: shown }), piece.slice(shown.length));
    return span;
  });
}

function anchor(properties) {
  return make("a", { target: "_blank", rel: "noopener noreferrer nofollow", ...properties });
}

// The address if it may be opened: http or https; a path means this very server.
function safe(address) {
  try {
    const url = new URL(address, location.origin);
    return ["http:", "https:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function showMenu(part, onChoice) {
  const buttons = (part.options ?? []).map((option) =>
    make("button", {
      type: "button",
      className: "choice",
      textContent: option.label,
      onclick: (event) => onChoice(option, event.currentTarget),
    }),
  );
  const group = make("div", { className: "menu", role: "group" }, ...buttons);
  group.setAttribute("aria-label", part.head);
  const shown = part.head ? [bubble(part.head), group] : [group];
  if (part.tail) shown.push(make("p", { className: "tail", textContent: part.tail }));
  return shown;
}

function showCard(part) {
  const data = part.data ?? {};
  const lines = [data.description, data.price].filter((line) => typeof line === "string");
  return card(part.title || part.url || part.kind, lines, part.url);
}

function card(title, lines, address) {
  const url = address ? safe(address) : null;
  const box = url ? anchor({ className: "card", href: url }) : make("div", { className: "card" });
  box.append(make("b", { textContent: title }));
  lines.filter(Boolean).forEach((line) => box.append(make("span", { textContent: line })));
  if (url) box.append(make("span", { className: "host", textContent: url.host }));
  return box;
}

function showImage(part, texts) {
  const url = part.url ? safe(part.url) : null;
  if (!url) return [bubble(`[${texts.say("image")}]`)];
  const link = anchor({ className: "picture", href: url });
  link.append(make("img", { src: url, alt: texts.say("image"), loading: "lazy" }));
  return [link];
}
