import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Attachment } from "../protocol/types";
import { linkTo } from "../text/links";
import { sizeOf } from "../text/sizes";
import { useUi } from "./context";
import { Icon } from "./icons";
import { Picture } from "./Picture";

export function Attachments({ files, settle }: { files: Attachment[]; settle: () => void }) {
  return (
    <div class="files">
      {files.map((file) => (
        <File key={file.id} file={file} settle={settle} />
      ))}
    </div>
  );
}

function File({ file, settle }: { file: Attachment; settle: () => void }) {
  const { chat, language, t } = useUi();
  const address = linkTo(chat.client.address(file.url));
  const named = t("message.file", { name: file.name, size: sizeOf(file.size, language) });
  if (address && /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) {
    return <Picture address={address} name={file.name} width={file.width} height={file.height} settle={settle} />;
  }
  if (!address) return <p class="text" dir="auto">{named}</p>;
  const link = (
    <a class="file" href={address} target="_blank" rel="noopener noreferrer nofollow">
      <Icon name="file" />
      <span>
        <bdi>{file.name}</bdi>
        <small>{sizeOf(file.size, language)}</small>
      </span>
    </a>
  );
  if (!file.type.startsWith("audio/")) return link;
  const sound = file.sound_url ? linkTo(chat.client.address(file.sound_url)) : "";
  return <Sound address={sound || address} label={named} otherwise={link} />;
}

/** One that this browser cannot play is there to be downloaded. */
function Sound({ address, label, otherwise }: { address: string; label: string; otherwise: ComponentChild }) {
  const [silent, setSilent] = useState(false);
  if (silent) return <>{otherwise}</>;
  return <audio controls preload="none" src={address} aria-label={label} onError={() => setSilent(true)} />;
}
