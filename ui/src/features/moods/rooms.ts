/** Where the moods slice can be entered: the patient's own screen. A clinician meets moods on a chart. */
import Heart from '@lucide/svelte/icons/heart'
import type { Room } from '../../frame/rooms'
import HowIFeelPage from './HowIFeelPage.svelte'

export const rooms: Room[] = [
  {
    path: '/feel',
    page: HowIFeelPage,
    kinds: ['personal'],
    nav: { label: 'moods.title', icon: Heart, order: 20 },
  },
]
