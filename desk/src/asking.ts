/** What is asked before something is done with a conversation: to whom, and in which words. */
import { reactive } from "vue"
import { get } from "./api/client"
import type { Colleague, Page } from "./api/types"
import { useAttempt } from "./attempt"

/** `work` does it; the question is over when it is done. */
export function useAsking(work: (verb: string, body?: unknown) => Promise<unknown>) {
  const { busy, attempt } = useAttempt()
  const asking = reactive({ what: "", to: "", words: "", busy, colleagues: null as Colleague[] | null, begin, beginWithWhom, act })

  function begin(what: string): void {
    Object.assign(asking, { what, colleagues: null })
  }

  async function beginWithWhom(what: string, fits: (one: Colleague) => boolean = () => true): Promise<void> {
    Object.assign(asking, { what, colleagues: [] })
    asking.colleagues = (await get<Page<Colleague>>("/colleagues")).items.filter(fits)
  }

  async function act(verb: string, body?: unknown): Promise<void> {
    if (await attempt(() => work(verb, body))) Object.assign(asking, { what: "", words: "" })
  }

  return asking
}

export type Asking = ReturnType<typeof useAsking>
