#pragma once

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

namespace stepwell::test {

/// A folder of files for one test.
class ProjectFiles {
  public:
    /// Writes a file, with its folders; answers the absolute path.
    QString write(const QString& name, const QByteArray& content) const {
        const auto path = folder.filePath(name);
        QDir().mkpath(QFileInfo(path).absolutePath());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) return {};
        return path;
    }
    QString path() const { return folder.path(); }

    QTemporaryDir folder;
};

inline const QByteArray workerSource = R"(
import { WorkflowEntrypoint } from "cloudflare:workers";
import { greet } from "./greet";
interface Params { name: string }
export class HelloWorkflow extends WorkflowEntrypoint {
  async run(event: { payload: Params }, step: any): Promise<string> {
    return await step.do("greet", async () => greet(event.payload.name));
  }
}
export default { async fetch(): Promise<Response> { return new Response("ok"); } };
)";
inline const QByteArray greetSource = "export const greet = (name: string): string => `Hello ${name}`;\n";

}  // namespace stepwell::test
