import type { RefObject } from "preact";
import { useUi } from "./context";
import { Icon } from "./icons";

interface Given {
  unread: number;
  open: boolean;
  button: RefObject<HTMLButtonElement | null>;
  toggle: () => void;
}

export function Launcher({ unread, open, button, toggle }: Given) {
  const { t } = useUi();
  const name = open ? t("launcher.close") : unread ? t("launcher.open_unread", { count: unread }) : t("launcher.open");
  return (
    <button ref={button} type="button" class="launcher" aria-label={name} aria-expanded={open} onClick={toggle}>
      <Icon name={open ? "down" : "chat"} />
      {!open && unread > 0 && (
        <span class="badge" aria-hidden="true">
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </button>
  );
}
