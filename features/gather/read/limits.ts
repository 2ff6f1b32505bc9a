/** What of a file is read; memory depends on these alone, whatever the file's size. */
export interface ReadLimits {
  /** Of the header: more is a wrong separator, or no department's table. */
  columns: number;
  /** Characters of a cell. */
  cell: number;
  /** Bytes of a line, quotes apart. */
  line: number;
  /** Bytes that a packed file may unpack to. */
  unpacked: number;
  /** Unpacked to packed, from 100 MB on: tables pack to a tenth or so, a bomb to a thousandth. */
  ratio: number;
  /** Bytes of a workbook that is packed once more: it is unpacked in memory. */
  packedBook: number;
}

export const defaultLimits: ReadLimits = {
  columns: 1_000,
  cell: 100_000,
  line: 32_000_000,
  unpacked: 200_000_000_000,
  ratio: 200,
  packedBook: 200_000_000,
};
