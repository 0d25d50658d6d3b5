/** Only the rows in sight are drawn: rows of one height in a box that scrolls. */
import { computed, onMounted, onUnmounted, ref, type Ref } from "vue"

const SPARE = 6

export function useVirtual<T>(rows: Ref<T[]>, box: Ref<HTMLElement | undefined>, height: number) {
  const top = ref(0)
  const room = ref(800)
  const first = computed(() => Math.max(0, Math.floor(top.value / height) - SPARE))
  const last = computed(() => Math.ceil((top.value + room.value) / height) + SPARE)
  const shown = computed(() =>
    rows.value.slice(first.value, last.value).map((row, n) => ({ row, y: (first.value + n) * height })),
  )
  const whole = computed(() => rows.value.length * height)
  const nearEnd = computed(() => last.value >= rows.value.length)

  const scroll = (): void => void (top.value = box.value?.scrollTop ?? 0)
  const watcher = new ResizeObserver(() => (room.value = box.value?.clientHeight ?? 0))
  onMounted(() => {
    box.value?.addEventListener("scroll", scroll, { passive: true })
    if (box.value) watcher.observe(box.value)
  })
  onUnmounted(() => watcher.disconnect())

  return { shown, whole, nearEnd }
}
