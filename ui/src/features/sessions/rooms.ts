/** Where sessions can be entered: the list of the latest, one by itself, and "Record" from anywhere. */
import AudioLines from '@lucide/svelte/icons/audio-lines'
import Mic from '@lucide/svelte/icons/mic'
import type { Room } from '../../frame/rooms'
import { startPanel } from '../recording/starting.svelte'
import SessionPage from './SessionPage.svelte'
import SessionsPage from './SessionsPage.svelte'

export const rooms: Room[] = [
  {
    path: '/sessions',
    page: SessionsPage,
    kinds: ['practice'],
    nav: { label: 'sessions.title', icon: AudioLines, order: 30 },
    commands: [{ label: 'recording.start', icon: Mic, key: 'r', run: () => startPanel.openHere() }],
  },
  { path: '/sessions/:id', page: SessionPage, kinds: ['practice'] },
]
