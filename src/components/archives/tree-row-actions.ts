/** What a row of the tree may do, the same for all of them. */
export interface TreeRowActions {
  archiveId: string;
  repositoryId: string;
  mayRestore: boolean;
  /** `byKey`: the folder that opens takes the focus. */
  open: (path: string, byKey: boolean) => void;
  expand: (path: string) => void;
  toggle: (path: string) => void;
  warm: (path: string) => void;
}
