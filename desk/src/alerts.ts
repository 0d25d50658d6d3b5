/** Desktop notifications for what must not wait: shown only while the page is in the background. */
import { ElMessage } from "element-plus"
import type { Router } from "vue-router"
import type { Frame } from "./api/live"
import { useMe } from "./state/me"
import { t } from "./texts"

const LOUD = new Set(["handoff.requested", "sla.warned", "sla.breached", "complaint.escalated", "desk.mention", "desk.whisper", "desk.woke", "desk.report", "quality.scored", "quality.decided", "quality.appealed"])
const SHOWN = /^(desk\.whisper|desk\.report|quality\.)/ // on an open page too

/** Whether an event is for this person: most are for all, some say whom they are for. */
function meant(data: Record<string, unknown>): boolean {
  const to = data.to ?? (data.login ? [data.login] : null)
  return !Array.isArray(to) || to.includes(useMe().me?.login)
}

export const supported = "Notification" in window

export async function allow(): Promise<boolean> {
  return supported && (await Notification.requestPermission()) === "granted"
}

export function alertOn(frame: Frame, router: Router): void {
  if (frame.t !== "event" || !LOUD.has(frame.event.kind) || !meant(frame.event.data)) return
  if (SHOWN.test(frame.event.kind)) ElMessage.info(t(`alert.${frame.event.kind}`))
  if (!document.hidden || !supported || Notification.permission !== "granted") return
  const { kind, conversation, number } = frame.event
  const note = new Notification(t(`alert.${kind}`), { tag: String(number) })
  note.onclick = () => {
    window.focus()
    if (conversation) void router.push({ name: "inbox", params: { id: conversation } })
    if (kind.startsWith("quality.")) void router.push({ name: "quality", params: { id: Number(frame.event.data.review) } })
  }
}
