import { useRef, useState } from "preact/hooks";
import { pictureAt } from "../text/links";
import { useUi } from "./context";
import { Icon } from "./icons";

interface Given {
  address: string;
  name?: string;
  width?: number | undefined;
  height?: number | undefined;
  settle: () => void;
}

/** A picture only from where pictures come from; one that does not load is named by its address. */
export function Picture({ address, name, width, height, settle }: Given) {
  const { t } = useUi();
  const [broken, setBroken] = useState(false);
  const large = useRef<HTMLDialogElement>(null);
  const source = pictureAt(address);
  if (!source || broken) {
    return (
      <p class="text" dir="auto">
        {t("message.picture_at", { address: name ?? address })}
      </p>
    );
  }
  const label = name ? `${t("message.picture")} (${name})` : t("message.picture");
  return (
    <>
      <button type="button" class="picture" aria-label={label} onClick={() => large.current!.showModal()}>
        <img
          src={source}
          alt=""
          width={width}
          height={height}
          decoding="async"
          referrerPolicy="no-referrer"
          onLoad={settle}
          onError={() => setBroken(true)}
        />
      </button>
      <dialog
        ref={large}
        class="large"
        aria-label={label}
        onClick={() => large.current!.close()}
        onKeyDown={(event: KeyboardEvent) => event.stopPropagation()}
      >
        <img src={source} alt={name ?? ""} referrerPolicy="no-referrer" />
        <button type="button" class="bare" aria-label={t("picture.close")}>
          <Icon name="close" />
        </button>
      </dialog>
    </>
  );
}
