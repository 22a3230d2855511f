/** The bytes of a picture as the API takes them. */
export async function readBase64(blob: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(typeof reader.result === "string" ? reader.result : "");
    };
    reader.onerror = () => {
      reject(new Error("the file can't be read"));
    };
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(",") + 1);
}
