/** Where the page begins: the styles, the bridge when there is one, then the application. */
import { mount } from 'svelte'
import App from './App.svelte'
import './design/base.css'

if (import.meta.env.VITE_BRIDGE) {
  const { installBridge } = await import('./backend/bridge')
  installBridge()
}

const target = document.getElementById('app')
if (target === null) throw new Error('the page has no #app')
mount(App, { target })
