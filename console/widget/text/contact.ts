/** Whether somebody can be answered there, as far as one can see; the server has the last word. */
import type { Key } from "../i18n";

interface Given {
  email: string;
  phone: string;
  text: string;
}

const EMAIL = /^[^\s@,;<>()"]{1,64}@[^\s@,;<>()"]+\.[^\s@,;<>()".]{2,}$/u;
const PHONE = /^\+?[\d\s().-]+$/;

/** The first thing that is wrong and the field that it is in, or null. */
export function contactProblem({ email, phone, text }: Given): { key: Key; field: keyof Given } | null {
  if (!email.trim() && !phone.trim()) return { key: "leave.no_contact", field: "email" };
  if (email.trim() && !EMAIL.test(email.trim())) return { key: "leave.bad_email", field: "email" };
  const digits = phone.replace(/\D/g, "").length;
  if (phone.trim() && (!PHONE.test(phone.trim()) || digits < 5 || digits > 15)) return { key: "leave.bad_phone", field: "phone" };
  if (!text.trim()) return { key: "leave.no_text", field: "text" };
  return null;
}
