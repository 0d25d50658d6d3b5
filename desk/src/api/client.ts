/** Calls of the desk's API: JSON, the CSRF token, and one kind of error. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly findings: unknown[] = [],
  ) {
    super(message)
  }
}

const BASE = "/desk/api"
let csrf = ""
let locale = "zh_CN"
let signedOut: () => void = () => undefined

export function keepToken(token: string): void {
  csrf = token
}

export function speak(chosen: string): void {
  locale = chosen
}

/** What to do when the session has ended. */
export function onSignedOut(act: () => void): void {
  signedOut = act
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": locale.replace("_", "-") }
  if (method !== "GET") headers["X-CSRF-Token"] = csrf
  if (body !== undefined) headers["Content-Type"] = "application/json"
  let answer: Response
  try {
    const sent = body === undefined ? null : JSON.stringify(body)
    answer = await fetch(BASE + path, { method, headers, body: sent, credentials: "same-origin" })
  } catch {
    throw new ApiError(0, "offline", "")
  }
  if (answer.status === 204) return undefined as T
  const told: unknown = await answer.json().catch(() => ({}))
  if (answer.ok) return told as T
  throw refusal(answer.status, told, path)
}

function refusal(status: number, told: unknown, path: string): ApiError {
  const { error = {} } = told as { error?: Partial<ApiError> }
  if (status === 401 && path !== "/session") signedOut()
  const code = error.code ?? `http-${status}`
  return new ApiError(status, code, error.message ?? "", error.fields, error.findings)
}

export const get = <T>(path: string): Promise<T> => call<T>("GET", path)
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body)
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body)
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body)
export const remove = <T>(path: string, body?: unknown): Promise<T> => call<T>("DELETE", path, body)

/** `?a=1&b=2` of what is given; empty values are left out. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value != null && value !== "")
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text && `?${text}`
}
