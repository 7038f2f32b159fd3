/** Where the patients slice can be entered: its screens, its line in the sidebar, and what the palette and the keys
 *  offer of it from anywhere. */
import FileUp from '@lucide/svelte/icons/file-up'
import Search from '@lucide/svelte/icons/search'
import UserPlus from '@lucide/svelte/icons/user-plus'
import Users from '@lucide/svelte/icons/users'
import type { Room } from '../../frame/rooms'
import { go } from '../../frame/router.svelte'
import EditPatientPage from './EditPatientPage.svelte'
import ImportPage from './ImportPage.svelte'
import NewPatientPage from './NewPatientPage.svelte'
import PatientPage from './PatientPage.svelte'
import PatientsPage from './PatientsPage.svelte'

export const rooms: Room[] = [
  {
    path: '/patients',
    page: PatientsPage,
    kinds: ['practice'],
    nav: { label: 'patients.title', icon: Users, order: 20 },
    commands: [
      { label: 'patients.find', icon: Search, key: '/', run: () => go('/patients') },
      { label: 'patients.add', icon: UserPlus, key: 'n', run: () => go('/patients/new') },
      { label: 'patients.import', icon: FileUp, run: () => go('/patients/import') },
    ],
  },
  { path: '/patients/new', page: NewPatientPage, kinds: ['practice'] },
  { path: '/patients/import', page: ImportPage, kinds: ['practice'] },
  { path: '/patients/:id', page: PatientPage, kinds: ['practice'] },
  { path: '/patients/:id/edit', page: EditPatientPage, kinds: ['practice'] },
]
