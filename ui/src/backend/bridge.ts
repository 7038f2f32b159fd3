/** Lets the very same page run in an ordinary browser against the real commands.
 *
 *  In development a loopback server runs Rust on Tauri's mock runtime; here the page's `invoke` becomes
 *  a POST to it and its events come back over server-sent events. Screens are measured and photographed
 *  this way without a fake back end. It is imported only when the build says `VITE_BRIDGE`, and does
 *  nothing inside the real window. */
import { emit } from '@tauri-apps/api/event'
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks'

const TOKEN = 'attune-token'

export function installBridge(): void {
  if ('__TAURI_INTERNALS__' in window) return
  const token = readToken()
  mockWindows('main')
  const listening = listen(token)
  // In the window events arrive from the first moment on: nothing may change here before it could be heard.
  mockIPC((command, payload) => listening.then(() => ask(command, payload, token)), { shouldMockEvents: true })
}

/** The token arrives once in the address and is taken out of it, so that no picture shows it. */
function readToken(): string {
  const address = new URL(location.href)
  const given = address.searchParams.get('token')
  if (given !== null) {
    sessionStorage.setItem(TOKEN, given)
    address.searchParams.delete('token')
    history.replaceState(history.state, '', address)
  }
  return sessionStorage.getItem(TOKEN) ?? ''
}

async function ask(command: string, payload: unknown, token: string): Promise<unknown> {
  const answer = await fetch(`/ipc/${encodeURIComponent(command)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-attune-token': token },
    body: JSON.stringify(payload ?? {}),
  })
  if (answer.ok) return answer.json()
  if (answer.status === 422) throw await answer.json()
  throw new Error(`the bridge answered ${answer.status}`)
}

/** Every message is named for its event. `EventSource` wants each name listened to, so the stream is
 *  read by hand: an event added in Rust arrives here without an edit. Done once events are heard. */
async function listen(token: string): Promise<void> {
  const answer = await fetch(`/events?token=${encodeURIComponent(token)}`)
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('the bridge sent no events')
  void hear(reader)
}

async function hear(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  let heard = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    heard += value
    const messages = heard.split(/\r?\n\r?\n/)
    heard = messages.pop() ?? ''
    for (const message of messages) await tell(message)
  }
}

async function tell(message: string): Promise<void> {
  const fields = message.split(/\r?\n/)
  const name = fields.find((line) => line.startsWith('event:'))?.slice(6).trim()
  const data = fields.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim())
  if (name !== undefined && data.length > 0) await emit(name, JSON.parse(data.join('\n')))
}
