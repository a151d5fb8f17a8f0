#include "widgets/worker/crons_dialog.h"

#include "models/api/cron.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/settings_texts.h"
#include "widgets/theme.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr qsizetype mostCrons = 100;
constexpr qsizetype mostShown = 6;

/// What is wrong with the first one that cannot stay as it is, and which it is.
QString firstFault(const QStringList& crons) {
    std::vector<std::string> seen;
    for (const auto& cron : crons) {
        seen.push_back(cron.toStdString());
        if (const auto fine = api::checkCrons(seen, format::now()); !fine)
            return CronsDialog::tr("Cron %1: %2")
                .arg(seen.size())
                .arg(QString::fromStdString(fine.error().message));
    }
    return {};
}

}  // namespace

CronsDialog::CronsDialog(Backend& backend, const std::string& worker, const QStringList& crons,
                         QWidget* parent)
    : ActionDialog(tr("Crons of %1").arg(QString::fromStdString(worker)), tr("Save crons"), Look::main,
                   parent)
    , backend_(backend)
    , worker_(worker)
    , before_(crons)
    , text_(new QPlainTextEdit(crons.join(QLatin1Char('\n'))))
    , verdict_(makeLabel(QString(), "small")) {
    setObjectName("cronsDialog");
    guardProduction();
    text_->setFont(Theme::get().mono(12));
    text_->setAccessibleName(tr("Crons, one a line"));
    text_->setPlaceholderText(QStringLiteral("0 6 * * 2-6"));
    text_->setTabChangesFocus(true);
    text_->document()->setDocumentMargin(8);
    text_->setMinimumHeight(96);
    verdict_->setWordWrap(true);
    auto* hint = makeLabel(tr("One a line: minute, hour, day, month, weekday (1 is Sunday), in UTC. Each run "
                              "calls the scheduled handler. The next deployment brings its own crons."),
                           "small");
    hint->setWordWrap(true);
    body()->addWidget(hint);
    body()->addWidget(text_, 1);
    body()->addWidget(verdict_);
    connect(text_, &QPlainTextEdit::textChanged, this, &CronsDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &CronsDialog::send);
    validate();
    text_->setFocus();
}

QStringList CronsDialog::entered() const {
    QStringList crons;
    for (const auto& line : text_->toPlainText().split(QLatin1Char('\n')))
        if (!line.trimmed().isEmpty()) crons << line.simplified();
    return crons;
}

void CronsDialog::validate() {
    const QStringList crons = entered();
    QStringList lines;
    for (const auto& cron : crons.first(std::min(crons.size(), mostShown)))
        lines << QStringLiteral("%1 · %2").arg(cron, settings::nextRunText(cron));
    QString wrong = firstFault(crons.first(std::min(crons.size(), mostCrons)));
    if (crons.size() > mostShown)
        lines << tr("and %n more", nullptr, static_cast<int>(crons.size() - mostShown));
    if (crons.size() > mostCrons) wrong = tr("At most %1 crons are possible.").arg(mostCrons);
    setLook(verdict_, "kind", wrong.isEmpty() ? "small" : "error");
    verdict_->setText(!wrong.isEmpty()  ? wrong
                      : crons.isEmpty() ? tr("No crons: nothing runs by itself.")
                                        : lines.join(QLatin1Char('\n')));
    verbButton()->setEnabled(wrong.isEmpty() && crons != before_);
}

void CronsDialog::send() {
    std::vector<std::string> crons;
    for (const auto& cron : entered())
        crons.push_back(cron.toStdString());
    setBusy(tr("Saving…"));
    backend_.setWorkerCrons(worker_, crons, this, [this](const api::Result<void>& answer) {
        if (!answer) return showError(QString::fromStdString(answer.error().message));
        emit saved();
        accept();
    });
}

}  // namespace stepwell
