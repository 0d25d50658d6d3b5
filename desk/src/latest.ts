/** Answers may come out of order: only that to the latest question counts. */
import { onScopeDispose, ref, type Ref } from "vue"
import { problemOf } from "./attempt"

const PAUSE = 250 // milliseconds without a key before a search

interface Latest<Asked extends unknown[]> {
  problem: Ref<string>
  load: (...asked: Asked) => Promise<void>
  soon: (...asked: Asked) => void
}

/** `load` asks now, `soon` when nobody has typed for a moment; `take` hears the answer. */
export function useLatest<Asked extends unknown[], Answer>(
  ask: (...asked: Asked) => Promise<Answer>,
  take: (answer: Answer, ...asked: Asked) => unknown,
): Latest<Asked> {
  const problem = ref("")
  let turn = 0
  let timer = 0

  async function load(...asked: Asked): Promise<void> {
    const mine = ++turn
    problem.value = ""
    try {
      const answer = await ask(...asked)
      if (mine === turn) await take(answer, ...asked)
    } catch (error) {
      if (mine === turn) problem.value = problemOf(error)
    }
  }

  function soon(...asked: Asked): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void load(...asked), PAUSE)
  }

  onScopeDispose(() => window.clearTimeout(timer))
  return { problem, load, soon }
}
