/** Where the page begins. It does as little as possible itself, so that whatever fails while the rest loads
 *  still ends in a sentence instead of a white window. */
import './design/base.css'
import { followSystem } from './design/theme'

/** WebKit reports the language "C" when the system has none, and `Intl` throws at it, also in libraries that ask
 *  while they are being loaded. */
function haveALanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language)
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en' })
    Object.defineProperty(navigator, 'languages', { value: ['en'] })
  }
}

async function begin(target: HTMLElement): Promise<void> {
  haveALanguage()
  followSystem()
  if (import.meta.env.VITE_BRIDGE) {
    const { installBridge } = await import('./backend/bridge')
    installBridge()
  }
  const { mount } = await import('svelte')
  try {
    const { default: App } = await import('./App.svelte')
    mount(App, { target })
  } catch (thrown) {
    const [{ default: Broken }, { asFault }] = await Promise.all([import('./Broken.svelte'), import('./backend/call')])
    mount(Broken, { target, props: { fault: asFault(thrown), ongo: () => location.reload() } })
  }
}

const target = document.getElementById('app')
if (target === null) throw new Error('the page has no #app')
await begin(target)
