/** Most values a label may have; what comes after them is counted as `other`. */
export const mostLabelValues = 1_000

/** What all values beyond the bound are called. */
export const otherValue = 'other'

/** A name that nobody has to escape or cut. What callers make up and looks otherwise is no label. */
const plain = /^[!-~]{1,128}$/

/** The values that each label has had, so that nothing from outside can make metrics grow without end. */
export class LabelBounds {
  readonly #known = new Map<string, Set<string>>()

  /** The value itself while its label has room or knows it and it is plain, else `other`. `reserved` values are always kept. */
  bounded(label: string, value: string, reserved = false): string {
    let known = this.#known.get(label)
    if (known === undefined) {
      known = new Set()
      this.#known.set(label, known)
    }
    if (known.has(value)) return value
    if (!reserved && (known.size >= mostLabelValues || !plain.test(value))) return otherValue
    known.add(value)
    return value
  }
}

interface Branch<Child> {
  readonly branches: Map<string, Branch<Child>>
  child: Child | undefined
}

/** The children of one metric by their label values, made when they are first needed and found by one look per label. */
export class Series<Child> {
  readonly #labels: readonly string[]
  readonly #bounds: LabelBounds
  readonly #make: (values: readonly string[]) => Child
  readonly #root: Branch<Child> = { branches: new Map(), child: undefined }

  constructor(labels: readonly string[], bounds: LabelBounds, make: (values: readonly string[]) => Child) {
    this.#labels = labels
    this.#bounds = bounds
    this.#make = make
  }

  /** The child for these values, in the order of the labels. */
  at(values: readonly string[]): Child {
    let branch: Branch<Child> | undefined = this.#root
    for (let index = 0; index < values.length; index++) {
      branch = branch.branches.get(values[index] as string)
      if (branch === undefined) return this.#admit(values)
    }
    return branch.child ?? this.#admit(values)
  }

  /** Only bounded values become branches, so that this tree is bounded as the metric is. */
  #admit(values: readonly string[]): Child {
    const bounded = this.#labels.map((label, index) => this.#bounds.bounded(label, values[index] as string))
    let branch = this.#root
    for (const value of bounded) {
      let next = branch.branches.get(value)
      if (next === undefined) {
        next = { branches: new Map(), child: undefined }
        branch.branches.set(value, next)
      }
      branch = next
    }
    branch.child ??= this.#make(bounded)
    return branch.child
  }
}
