import { render } from 'preact'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'
import './styles/forms.css'
import './styles/charts.css'
import { App } from './app.tsx'
import { resume } from './session.ts'
import { showTheme } from './theme.ts'

showTheme()
void resume()
const place = document.getElementById('app')
if (place) render(<App />, place)
