import { useEffect, useRef, useState } from 'preact/hooks'
import { groups, pages } from './pages.ts'
import { Mark } from './parts/mark.tsx'
import { Toasts } from './parts/toast.tsx'
import { place } from './place.ts'
import { session, signOut } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { chooseTheme, type Theme, theme } from './theme.ts'

/** The whole dashboard: who is not signed in signs in first. */
export const App = () => {
  if (session.value === null) return null
  return (
    <>
      {session.value ? <Shell /> : <SignIn />}
      <Toasts />
    </>
  )
}

const Shell = () => {
  const { page, of } = place.value
  const found = pages.find(({ name }) => name === page)
  const Page = found?.view
  const title = found?.title ?? 'Not found'
  const content = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = `${of === '' ? title : of} · Tollgate`
    if (!isFirst.current) {
      content.current?.querySelector('h1')?.focus()
      scrollTo(0, 0)
    }
    isFirst.current = false
  }, [page, of])
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => content.current?.focus()}>
        Skip to the content
      </button>
      <Side page={page} />
      <main id="content" ref={content} tabIndex={-1}>
        {Page ? (
          <Page />
        ) : (
          <>
            <h1 tabIndex={-1}>There is no such page</h1>
            <p>
              <a href="#/overview">Overview</a>
            </p>
          </>
        )}
      </main>
    </div>
  )
}

const Side = ({ page }: { readonly page: string }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <div class={isOpen ? 'side open' : 'side'}>
      <div class="top">
        <span class="brand">
          <Mark /> Tollgate
        </span>
        <button type="button" class="menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Menu
        </button>
      </div>
      <nav aria-label="Pages">
        <ul>
          {groups.map((group) => (
            <li key={group}>
              <div class="group" id={`group-${group}`}>
                {group}
              </div>
              <ul aria-labelledby={`group-${group}`}>
                {pages
                  .filter((each) => each.group === group)
                  .map(({ name, title }) => (
                    <li key={name}>
                      <a
                        href={`#/${name}`}
                        aria-current={name === page ? 'page' : undefined}
                        onClick={() => setOpen(false)}
                      >
                        {title}
                      </a>
                    </li>
                  ))}
              </ul>
            </li>
          ))}
        </ul>
      </nav>
      <Who />
    </div>
  )
}

const Who = () => (
  <div class="who">
    <label>
      <span class="hidden">Theme</span>
      <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
        <option value="auto">Theme: system</option>
        <option value="light">Theme: light</option>
        <option value="dark">Theme: dark</option>
      </select>
    </label>
    <p>
      <small class="muted">{session.value?.mayWrite ? 'Administrator' : 'Reader, changes nothing'}</small>
      <button type="button" class="small" onClick={() => signOut()}>
        Sign out
      </button>
    </p>
  </div>
)
