/** A place in a line. */
export class Node<T> {
  readonly value: T
  before: Node<T> | undefined = undefined
  after: Node<T> | undefined = undefined
  isIn = false

  constructor(value: T) {
    this.value = value
  }
}

/** A line that is left from anywhere at no cost. */
export class Line<T> {
  first: Node<T> | undefined = undefined
  last: Node<T> | undefined = undefined
  length = 0

  /** Stands last. */
  join(node: Node<T>): void {
    node.before = this.last
    node.after = undefined
    node.isIn = true
    if (this.last) this.last.after = node
    else this.first = node
    this.last = node
    this.length++
  }

  /** Who is not in it any more leaves nothing. */
  leave(node: Node<T>): void {
    if (!node.isIn) return
    if (node.before) node.before.after = node.after
    else this.first = node.after
    if (node.after) node.after.before = node.before
    else this.last = node.before
    node.before = undefined
    node.after = undefined
    node.isIn = false
    this.length--
  }
}
