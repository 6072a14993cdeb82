/** What stands in a line knows its place there. */
export class Node {
  before: this | undefined = undefined
  after: this | undefined = undefined
  isIn = false
}

/** A line that is left from anywhere at no cost. */
export class Line<T extends Node> {
  first: T | undefined = undefined
  last: T | undefined = undefined
  length = 0

  /** Stands last. */
  join(node: T): void {
    node.before = this.last
    node.after = undefined
    node.isIn = true
    if (this.last) this.last.after = node
    else this.first = node
    this.last = node
    this.length++
  }

  /** Who is not in it any more leaves nothing. */
  leave(node: T): void {
    const { before, after, isIn } = node
    if (!isIn) return
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
    else this.last = before
    node.before = undefined
    node.after = undefined
    node.isIn = false
    this.length--
  }
}
