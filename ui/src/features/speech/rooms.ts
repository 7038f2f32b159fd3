/** Where the models are chosen: reached from the settings, from a transcript that waits for one, and by name. */
import Captions from '@lucide/svelte/icons/captions'
import type { Room } from '../../frame/rooms'
import { go } from '../../frame/router.svelte'
import SpeechPage from './SpeechPage.svelte'

export const rooms: Room[] = [
  {
    path: '/speech',
    page: SpeechPage,
    kinds: ['practice'],
    commands: [{ label: 'speech.open', icon: Captions, run: () => go('/speech') }],
  },
]
