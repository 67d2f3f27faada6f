/** Why a file cannot be sent, in words. */
import { locale, t } from "@/i18n";
import { errorText } from "@/i18n/words";
import type { UploadError } from "./api";
import { sizeText } from "./files";

export function uploadErrorText(error: UploadError): string {
  if (error.status === 413) {
    return error.limit
      ? t("files.error.too_large", { max: sizeText(error.limit, locale.value) })
      : t("files.error.far_too_large");
  }
  if (error.status === 415) return t("files.error.type");
  if (error.type === "image-too-large") return t("files.error.pixels");
  if (error.type === "empty-file") return t("files.error.empty");
  return errorText(error);
}
