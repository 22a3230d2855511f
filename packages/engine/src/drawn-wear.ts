/** What a drawn person wears. */
export type DrawnWear = "mask" | "lenses" | "headCover";

/** What of a drawn face the things worn are fitted to; lengths in units of a 200-wide head, y from between the eyes. */
interface FittedTo {
  readonly eyeGap: number;
  readonly chin: number;
  readonly noseLength: number;
}

/** A surgical mask, spectacles or a woollen cap, as parts of an SVG picture over a drawn head. */
export function drawWear(wear: DrawnWear, face: FittedTo): string {
  switch (wear) {
    case "mask":
      return drawMask(face);
    case "lenses":
      return drawSpectacles(face);
    case "headCover":
      return CAP;
  }
}

function drawMask({ chin, noseLength }: FittedTo): string {
  const top = noseLength - 32;
  const pleats = [0.3, 0.5, 0.7].map((share) => {
    const y = top + (chin - top) * share;
    return `<path d="M-86 ${y - 8} Q0 ${y + 16} 86 ${y - 8}" fill="none" stroke="#6d97ad" stroke-width="2.4"/>`;
  });
  return `<path d="M-96 22 L-84 52 M96 22 L84 52 M-99 54 L-66 ${chin - 26} M99 54 L66 ${chin - 26}" stroke="#e8ecee" stroke-width="3.4"/>
<path d="M-90 ${top + 22} Q-40 ${top + 14} 0 ${top} Q40 ${top + 14} 90 ${top + 22} Q92 ${chin - 40} 46 ${chin + 10} Q0 ${chin + 22} -46 ${chin + 10} Q-92 ${chin - 40} -90 ${top + 22} Z" fill="#a9cfe2" stroke="#86b0c6" stroke-width="2"/>
<path d="M-56 ${top + 18} Q0 ${top - 4} 56 ${top + 18}" fill="none" stroke="#d6e8f1" stroke-width="4"/>${pleats.join("")}`;
}

function drawSpectacles({ eyeGap }: FittedTo): string {
  const rim = (side: -1 | 1): string =>
    `<rect x="${side * eyeGap - 34}" y="-24" width="68" height="52" rx="17" fill="#dfeaf0" fill-opacity="0.12" stroke="#15120f" stroke-width="7"/><path d="M${side * eyeGap - 18} -12 l16 -6" stroke="#fff" stroke-opacity="0.55" stroke-width="4"/>`;
  const inner = eyeGap - 34;
  return `${rim(-1)}${rim(1)}<path d="M${-inner} -6 Q0 -17 ${inner} -6 M${-eyeGap - 34} -8 L-104 -14 M${eyeGap + 34} -8 L104 -14" fill="none" stroke="#15120f" stroke-width="7"/>`;
}

const CAP = `<path d="M-116 -34 C-128 -206 128 -206 116 -34 Q0 -62 -116 -34 Z" fill="#27455f"/>
<path d="M-119 -38 Q0 -68 119 -38 L119 -66 Q0 -98 -119 -66 Z" fill="#1d3549"/>
<path d="M-84 -50 V-80 M-56 -58 V-88 M-28 -61 V-92 M0 -62 V-93 M28 -61 V-92 M56 -58 V-88 M84 -50 V-80" stroke="#16293a" stroke-width="5"/>`;
