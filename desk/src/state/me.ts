/** Who is signed in, and what that person may see. */
import { defineStore } from "pinia"
import { computed, ref } from "vue"
import { ApiError, get, keepToken, post, put, remove } from "../api/client"
import type { Me, Presence, Role } from "../api/types"

/** Those who see conversations, and are there for customers or not. */
export const TALKERS: Role[] = ["agent", "supervisor", "community", "live"]

export const useMe = defineStore("me", () => {
  const me = ref<Me | null>(null)
  const known = ref(false) // whether the server has been asked yet

  function take(answer: Me | null): void {
    me.value = answer
    known.value = true
    keepToken(answer?.csrf ?? "")
  }

  async function ask(): Promise<void> {
    try {
      take(await get<Me>("/session"))
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      take(null)
    }
  }

  async function signIn(login: string, password: string, code: string): Promise<void> {
    take(await post<Me>("/session", code ? { login, password, code } : { login, password }))
    if (is(...TALKERS) && !me.value?.notice) await be("online") // who signs in to work is there
  }

  async function signOut(): Promise<void> {
    await remove("/session")
    take(null)
  }

  async function be(presence: Presence): Promise<void> {
    take(await put<Me>("/presence", { state: presence }))
  }

  const roles = computed(() => new Set(me.value?.roles ?? []))
  const is = (...wanted: Role[]): boolean =>
    roles.value.has("admin") || wanted.some((role) => roles.value.has(role))

  return { me, known, take, ask, signIn, signOut, be, is }
})
