/** A stretch of memory that is filled from its start and used again when nothing in it is needed. */
export interface Segment {
  readonly bytes: Uint8Array
  used: number
  /** How many places in it are still needed. */
  places: number
}

/** Where bytes lie. */
export interface Place {
  segment: Segment
  offset: number
  length: number
}

const nowhere: Segment = { bytes: new Uint8Array(0), used: 0, places: 0 }

export const createPlace = (): Place => ({ segment: nowhere, offset: 0, length: 0 })

/** Memory of a bounded size for bytes of any length, which are written one after the other and never moved. */
export interface ByteLog {
  /** Everything that is taken from the system. */
  readonly bytes: number
  /** The part of it in which something lies. */
  readonly busyBytes: number
  /** Finds room, and writes to `place` where; false when more than `most` would then be busy. */
  take(length: number, most: number, place: Place): boolean
  give(place: Place): void
  /** Does nothing else lie beside it, ever? */
  isAlone(place: Place): boolean
  /** Hands memory that lies idle back to the system; false: there is none. */
  shrink(): boolean
}

/**
 * Long-lived buffers of one size instead of one for each value: freed ones would wait for the garbage collector, which
 * lets twice the bound pile up, and pieces of all sizes would leave gaps.
 */
export const createByteLog = (segmentBytes: number): ByteLog => {
  const idle: Segment[] = []
  let current: Segment | undefined
  let bytes = 0

  const segmentOf = (size: number): Segment => {
    bytes += size
    return { bytes: new Uint8Array(size), used: 0, places: 0 }
  }
  const placeIn = (segment: Segment, length: number, place: Place): true => {
    place.segment = segment
    place.offset = segment.used
    place.length = length
    segment.used += length
    segment.places++
    return true
  }
  const retire = (segment: Segment): void => {
    segment.used = 0
    if (segment.bytes.length === segmentBytes) idle.push(segment)
    else bytes -= segment.bytes.length
  }

  return {
    get bytes() {
      return bytes
    },
    get busyBytes() {
      return bytes - idle.length * segmentBytes
    },
    isAlone: ({ segment }) => segment.bytes.length !== segmentBytes,
    take: (length, most, place) => {
      if (current && current.used + length <= segmentBytes) return placeIn(current, length, place)
      const busyBytes = bytes - idle.length * segmentBytes
      // What is longer than half a segment has its own, so that little is left over in any.
      const isLong = length > segmentBytes / 2
      if (busyBytes + (isLong ? length : segmentBytes) > most) return false
      if (isLong) return placeIn(segmentOf(length), length, place)
      const full = current
      current = idle.pop() ?? segmentOf(segmentBytes)
      if (full && full.places === 0) retire(full)
      return placeIn(current, length, place)
    },
    give: ({ segment }) => {
      segment.places--
      if (segment.places > 0) return
      if (segment === current) segment.used = 0
      else retire(segment)
    },
    shrink: () => {
      if (!idle.pop()) return false
      bytes -= segmentBytes
      return true
    },
  }
}
