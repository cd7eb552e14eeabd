// Starts `medverka lsp` and connects it to the editor; everything else is the server's.
import { env, workspace, window, ExtensionContext } from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const settings = workspace.getConfiguration("medverka");
  const command = settings.get<string>("command") || "medverka";
  const server: ServerOptions = { command, args: ["lsp", "--stdio"] };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "medverka" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{study,codes}") },
    initializationOptions: { language: settings.get<string>("language") || env.language },
  };
  client = new LanguageClient("medverka", "Medverka studies", server, options);
  try {
    await client.start();
  } catch {
    window.showErrorMessage(
      `Medverka: "${command} lsp" does not start. Set "medverka.command" to the path of the medverka binary.`,
    );
  }
  context.subscriptions.push({ dispose: () => void client?.stop() });
}

export function deactivate(): Thenable<void> | undefined {
  return client?.stop();
}
