// The page's sentences in the chosen language, and dates as that language writes them.

const KEPT = "xiaoer:language";

export class Texts {
  constructor(config) {
    this.all = config.texts;
    this.tags = config.tags;
    const asked = new URLSearchParams(location.search).has("lang");
    this.locale = (!asked && this.all[read(KEPT)] && read(KEPT)) || config.locale;
  }

  get tag() {
    return this.tags[this.locale];
  }

  // The sentence with its {placeholders} filled.
  say(name, values = {}) {
    const sentence = this.all[this.locale][name] ?? name;
    return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  get others() {
    return Object.keys(this.all).filter((locale) => locale !== this.locale);
  }

  // What another language calls itself.
  nameOf(locale) {
    return this.all[locale].language_name;
  }

  choose(locale) {
    this.locale = locale;
    keep(KEPT, locale);
    const address = new URL(location.href);
    if (address.searchParams.has("lang")) {
      address.searchParams.set("lang", this.tag);
      history.replaceState(null, "", address);
    }
  }

  clock(date) {
    return new Intl.DateTimeFormat(this.tag, { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
  }

  day(date) {
    const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
    if (days === 0) return this.say("today");
    if (days === 1) return this.say("yesterday");
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    return new Intl.DateTimeFormat(this.tag, { year, month: "long", day: "numeric", weekday: "short" }).format(date);
  }
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

// Storage may be forbidden (private windows, blocked third-party data): then nothing is kept.
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // The page works without; a reload then forgets it.
  }
}

// All kept entries whose key starts with a prefix, as [key, value].
export function kept(prefix) {
  try {
    return Object.entries({ ...localStorage }).filter(([key]) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
