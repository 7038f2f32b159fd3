/** The one place that ties the slices to the frame: which screens there are, at which address, for whom,
 *  and what stands in the sidebar. A new slice adds its lines here and edits nothing else of the frame.
 *
 *  A page receives the parts of its path as props of the same name. */
import type { Component } from 'svelte'
import House from '@lucide/svelte/icons/house'
import Heart from '@lucide/svelte/icons/heart'
import Sun from '@lucide/svelte/icons/sun'
import Users from '@lucide/svelte/icons/users'
import type { ProfileKind } from '../bindings'
import GalleryPage from '../features/gallery/GalleryPage.svelte'
import PatientHomePage from '../features/home/PatientHomePage.svelte'
import TodayPage from '../features/home/TodayPage.svelte'
import HowIFeelPage from '../features/moods/HowIFeelPage.svelte'
import ImportPage from '../features/patients/ImportPage.svelte'
import PatientPage from '../features/patients/PatientPage.svelte'
import PatientsPage from '../features/patients/PatientsPage.svelte'
import SettingsPage from '../features/settings/SettingsPage.svelte'
import type { Key } from '../words/words'
import { match } from './router.svelte'

// A page's props are the parts of its own path, which differ from page to page.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Page = Component<any>
type Nav = { label: Key; icon: Component }
export type Room = { path: `/${string}`; page: Page; nav?: Nav }

const rooms: Record<ProfileKind, Room[]> = {
  practice: [
    { path: '/', page: TodayPage, nav: { label: 'frame.today', icon: Sun } },
    { path: '/patients', page: PatientsPage, nav: { label: 'frame.patients', icon: Users } },
    { path: '/patients/import', page: ImportPage },
    { path: '/patients/:id', page: PatientPage },
    { path: '/settings', page: SettingsPage },
    { path: '/gallery', page: GalleryPage },
  ],
  personal: [
    { path: '/', page: PatientHomePage, nav: { label: 'frame.home', icon: House } },
    { path: '/feel', page: HowIFeelPage, nav: { label: 'frame.how_i_feel', icon: Heart } },
    { path: '/settings', page: SettingsPage },
    { path: '/gallery', page: GalleryPage },
  ],
}

/** The lines of the sidebar, top to bottom. */
export function sidebar(kind: ProfileKind): (Room & { nav: Nav })[] {
  return rooms[kind].filter((room): room is Room & { nav: Nav } => room.nav !== undefined)
}

/** The room at a path, with its parts. The first that fits wins, so fixed paths stand above open ones. */
export function roomAt(kind: ProfileKind, path: string): { room: Room; parts: Record<string, string> } | null {
  for (const room of rooms[kind]) {
    const parts = match(room.path, path)
    if (parts !== null) return { room, parts }
  }
  return null
}
