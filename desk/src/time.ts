/** Moments and spans as people read them. `now` ticks once a second for everybody. */
import { computed, ref } from "vue"
import { locale, t } from "./texts"

export const now = ref(Date.now())
window.setInterval(() => (now.value = Date.now()), 1000)

const tag = computed(() => locale.value.replace("_", "-"))
const forms = computed(() => ({
  clock: new Intl.DateTimeFormat(tag.value, { hour: "2-digit", minute: "2-digit", hour12: false }),
  day: new Intl.DateTimeFormat(tag.value, { month: "numeric", day: "numeric" }),
  whole: new Intl.DateTimeFormat(tag.value, { dateStyle: "medium", timeStyle: "medium" }),
}))

export function clock(at: string): string {
  return forms.value.clock.format(new Date(at))
}

export function whole(at: string): string {
  return forms.value.whole.format(new Date(at))
}

/** The hour for today, the day for anything older. */
export function short(at: string): string {
  const date = new Date(at)
  const today = new Date(now.value).toDateString() === date.toDateString()
  return today ? forms.value.clock.format(date) : forms.value.day.format(date)
}

/** `4:05`, `1:02:30`; never negative. */
export function span(seconds: number): string {
  const left = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60]
  const two = (n: number): string => String(n).padStart(2, "0")
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A span in words: "3 minutes". */
export function words(seconds: number): string {
  if (seconds < 60) return t("time.seconds", { n: Math.max(0, Math.round(seconds)) })
  if (seconds < 3600) return t("time.minutes", { n: Math.round(seconds / 60) })
  return t("time.hours", { n: Math.round(seconds / 360) / 10 })
}

export const since = (at: string): number => (now.value - Date.parse(at)) / 1000
export const until = (at: string): number => (Date.parse(at) - now.value) / 1000
