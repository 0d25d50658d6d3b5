/** Work that the server may refuse: whether it goes on, and what was said against it. */
import { ElMessage } from "element-plus"
import { ref, type Ref } from "vue"
import { t } from "./texts"

type Work = () => Promise<unknown>
type Attempt = (work: Work) => Promise<boolean>

/** What was said against it; where nothing was, that it did not work. */
export function problemOf(error: unknown): string {
  return (error as Error).message || t("failed")
}

const toast = (error: unknown): unknown => ElMessage.error(problemOf(error))

/** Try things: `attempt` says whether one was done; `refused` hears why it was not. */
export function useAttempt(refused: (error: unknown) => unknown = toast): { busy: Ref<boolean>; attempt: Attempt } {
  const busy = ref(false)

  async function attempt(work: Work): Promise<boolean> {
    busy.value = true
    try {
      await work()
      return true
    } catch (error) {
      await refused(error)
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, attempt }
}

/** The same, with the words against the last try kept on the page. */
export function useProblem(worded: (error: unknown) => string = problemOf): { busy: Ref<boolean>; problem: Ref<string>; attempt: Attempt } {
  const problem = ref("")
  const { busy, attempt } = useAttempt((error) => (problem.value = worded(error)))

  function again(work: Work): Promise<boolean> {
    problem.value = ""
    return attempt(work)
  }

  return { busy, problem, attempt: again }
}
