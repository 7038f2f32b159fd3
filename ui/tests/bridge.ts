/** The fixture under every screen test: a bridge process, which is the application's real commands and real
 *  encrypted store behind a loopback address, serving the built screens.
 *
 *  Each test has its own process on its own folder, so tests neither wait for nor disturb each other. The sample
 *  practice is made once per worker and copied, because stretching a password is meant to be slow. A test fails
 *  when the page throws or asks the network for anything but the bridge. Refuses to fake an answer: what a command
 *  says here is what it says in the window. */
import { test as base, type Page } from '@playwright/test'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target')
const program = join(target, 'debug', 'examples', process.platform === 'win32' ? 'bridge.exe' : 'bridge')

/** The password of the sample practice, as the sample itself states it. */
export const SAMPLE_PASSWORD = 'open-the-window-26'

export type Bridge = {
  /** Where it answers; another place after it was killed. */
  url: string
  home: string
  /** Ends the process without a word, as a crash would, and starts it again on the same folder. */
  kill: () => Promise<void>
}
type Running = { url: string; stop: () => Promise<void> }

async function start(home: string, sample: boolean): Promise<Running> {
  if (!existsSync(program)) throw new Error(`${program} is not built: cargo xtask test builds it`)
  const child = spawn(program, [], {
    cwd: root,
    env: {
      ...process.env,
      ATTUNE_HOME: home,
      BRIDGE_PORT: '0',
      // A microphone that is always there and speaks in phrases, in real time: nothing a computer may lack.
      ATTUNE_MICROPHONE: 'tone',
      ...(sample ? { ATTUNE_SAMPLE: '1' } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const url = await address(child, said)
  return { url, stop: () => stop(child) }
}

function address(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the bridge ended with ${code}:\n${said.join('')}`)))
    if (!child.stdout) return reject(new Error('the bridge has no output'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /^bridge (http:\S+)/.exec(line) ?? []
      if (url) resolve(url)
      else said.push(`${line}\n`)
    })
  })
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

async function folder<T>(within: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'attune-screens-'))
  try {
    return await within(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** What a page must never do, whatever the test is about. */
function watch(page: Page, bridge: Bridge): string[] {
  const wrongs: string[] = []
  page.on('pageerror', (error) => wrongs.push(`the page threw: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (['data:', 'blob:'].includes(url.protocol) || url.origin === new URL(bridge.url).origin) return
    wrongs.push(`the page asked the network for ${url.origin}`)
  })
  return wrongs
}

type Fixtures = {
  /** An application nobody has used yet. */
  empty: Bridge
  /** The sample practice: two clinicians, twelve patients, a year of moods. */
  sample: Bridge
}
type Shared = { sampleHome: string }

export const test = base.extend<Fixtures, Shared>({
  sampleHome: [
    async ({}, use) => {
      await folder(async (home) => {
        const bridge = await start(home, true)
        await bridge.stop()
        await use(home)
      })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  empty: async ({ page }, use) => {
    await folder((home) => lend(home, false, page, use))
  },
  sample: async ({ page, sampleHome }, use) => {
    await folder(async (home) => {
      await cp(sampleHome, home, { recursive: true })
      await lend(home, false, page, use)
    })
  },
})

async function lend(
  home: string,
  sample: boolean,
  page: Page,
  use: (bridge: Bridge) => Promise<void>,
): Promise<void> {
  let running = await start(home, sample)
  const bridge: Bridge = {
    url: running.url,
    home,
    kill: async () => {
      await page.goto('about:blank') // the page is not to blame for a bridge that is gone
      await running.stop()
      running = await start(home, false)
      bridge.url = running.url
    },
  }
  const wrongs = watch(page, bridge)
  let seen: string[] = []
  try {
    await use(bridge)
    // What the page says about the bridge going away is not the page's fault.
    seen = [...wrongs]
  } finally {
    await running.stop()
  }
  if (seen.length > 0) throw new Error(seen.join('\n'))
}

export { expect } from '@playwright/test'
