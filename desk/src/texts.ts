/** Every word of the page comes from the server's catalogues: `t("inbox.empty")`. */
import { ref } from "vue"
import { get, speak } from "./api/client"

const KEPT = "xiaoer.desk.locale"
const PREFIX = "console.page."
export const LOCALES = ["zh_CN", "en"] as const
export type Locale = (typeof LOCALES)[number]

const spoken: Locale = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh_CN"
const kept = localStorage.getItem(KEPT)
export const locale = ref<Locale>(kept === "en" || kept === "zh_CN" ? kept : spoken)
const texts = ref<Record<string, string>>({})

export async function learn(wanted: Locale = locale.value): Promise<void> {
  speak(wanted)
  const answer = await get<{ texts: Record<string, string> }>(`/texts?locale=${wanted}`)
  texts.value = answer.texts
  locale.value = wanted
  localStorage.setItem(KEPT, wanted)
  document.documentElement.lang = wanted.replace("_", "-")
  document.title = t("title")
}

/** The sentence of a key; `otherwise`: where there is none. */
export function t(key: string, values: Record<string, string | number> = {}, otherwise = key): string {
  const sentence = texts.value[PREFIX + key] ?? otherwise
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
