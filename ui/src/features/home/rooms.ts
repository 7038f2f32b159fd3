/** Home, which is another screen for each kind of profile. */
import House from '@lucide/svelte/icons/house'
import Sun from '@lucide/svelte/icons/sun'
import type { Room } from '../../frame/rooms'
import PatientHomePage from './PatientHomePage.svelte'
import TodayPage from './TodayPage.svelte'

export const rooms: Room[] = [
  { path: '/', page: TodayPage, kinds: ['practice'], nav: { label: 'home.today', icon: Sun, order: 10 } },
  {
    path: '/',
    page: PatientHomePage,
    kinds: ['personal'],
    nav: { label: 'home.home', icon: House, order: 10 },
  },
]
