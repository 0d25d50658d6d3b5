/** What others change while a page is open: it is read again, or its reader is told. */
import { onScopeDispose, ref, type Ref } from "vue"
import type { JournalEvent } from "./api/live"
import { useLive } from "./state/live"
import { useMe } from "./state/me"
import { t } from "./texts"

const PAUSE = 400 // milliseconds in which events gather

export const KNOWLEDGE = /^faq\.(changed|published|drafted|settled)$/
export const SETTINGS = /^settings\.changed$/

/**
 * `look` hears the events of these kinds (none of them: the line was down for long) and reads the
 * page again; `false`: not over words that nobody has saved. Then the ref says which colleague
 * changed it.
 */
export function useChanges(kinds: RegExp, look: (told: JournalEvent[]) => unknown): Ref<string> {
  const by = ref("")
  let told: JournalEvent[] = []
  let timer = 0

  async function tell(): Promise<void> {
    const events = told
    told = []
    if ((await look(events)) !== false) return
    const who = String(events.at(-1)?.data.by || t("changed.somebody"))
    if (who !== useMe().me?.login) by.value = who
  }

  const stop = useLive().listen((frame) => {
    if (frame.t === "event" && kinds.test(frame.event.kind)) told.push(frame.event)
    else if (frame.t !== "reload") return
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void tell(), PAUSE)
  })
  onScopeDispose(() => {
    stop()
    window.clearTimeout(timer)
  })
  return by
}
