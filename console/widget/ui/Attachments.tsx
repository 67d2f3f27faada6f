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
  const [broken, setBroken] = useState(false); // cannot be played here: what is left is the download
  const address = linkTo(chat.client.address(file.url));
  const named = t("message.file", { name: file.name, size: sizeOf(file.size, language) });
  if (address && /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) {
    return <Picture address={address} name={file.name} width={file.width} height={file.height} settle={settle} />;
  }
  if (!address) return <p class="text" dir="auto">{named}</p>;
  const source = (file.sound_url && linkTo(chat.client.address(file.sound_url))) || address;
  const played = { controls: true, src: source, "aria-label": named, onError: () => setBroken(true) };
  if (file.type.startsWith("audio/") && !broken) return <audio {...played} preload="none" />;
  if (file.type.startsWith("video/") && !broken) return <video {...played} preload="metadata" playsInline />;
  return (
    <a class="file" href={address} target="_blank" rel="noopener noreferrer nofollow">
      <Icon name="file" />
      <span>
        <bdi>{file.name}</bdi>
        <small>{sizeOf(file.size, language)}</small>
      </span>
    </a>
  );
}
