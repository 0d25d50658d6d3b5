/** One live line for the whole page; stores and views listen to its frames. */
import { defineStore } from "pinia"
import { ref } from "vue"
import { Live, type Frame, type LineState } from "../api/live"
import type { Strip } from "../api/types"
import { useMe } from "./me"

type Listener = (frame: Frame) => void

export const useLive = defineStore("live", () => {
  const state = ref<LineState>("connecting")
  const strip = ref<Strip | null>(null)
  const listeners = new Set<Listener>()
  const line = new Live(hear, (changed) => (state.value = changed), () => useMe().take(null))

  function hear(frame: Frame): void {
    if (frame.t === "strip") strip.value = frame.strip
    for (const listener of listeners) listener(frame)
  }

  function listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return {
    state,
    strip,
    listen,
    open: () => line.open(),
    close: () => line.close(),
    look: (id: number | null, typing = false) => line.look(id, typing),
  }
})
