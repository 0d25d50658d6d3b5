/** Light or dark: as the system says, until somebody chooses. */
import { ref, watchEffect } from "vue"

const KEPT = "xiaoer.desk.theme"
const system = window.matchMedia("(prefers-color-scheme: dark)")
const chosen = ref(localStorage.getItem(KEPT))
export const dark = ref(false)

function settle(): void {
  dark.value = chosen.value ? chosen.value === "dark" : system.matches
}

system.addEventListener("change", settle)
settle()
watchEffect(() => document.documentElement.classList.toggle("dark", dark.value))

export function turn(): void {
  chosen.value = dark.value ? "light" : "dark"
  localStorage.setItem(KEPT, chosen.value)
  settle()
}
