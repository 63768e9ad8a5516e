import { createRoot } from "react-dom/client";

import { ExportButton } from "./ExportButton";

const root = document.getElementById("root");
if (root) {
  const { business, type, format } = root.dataset;
  const request = { business_id: business ?? "", export_type: type ?? "", format: format ?? "" };
  createRoot(root).render(<ExportButton request={request} />);
}
