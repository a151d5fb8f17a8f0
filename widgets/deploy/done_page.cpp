#include "widgets/deploy/done_page.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_words.h"
#include "widgets/deploy/qr_view.h"
#include "widgets/deploy/warning_card.h"
#include "widgets/fitted_label.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/web_address.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPainter>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr std::size_t mostListed = 1'000;
constexpr int mostNotes = 5;

class Headline final : public QWidget {
  public:
    Headline(const QString& text, bool good)
        : text_(text)
        , good_(good) {
        setFixedHeight(28);
        setAccessibleName(text);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintStatusShape(painter, QRectF(0, 4, 20, 20),
                         {good_ ? api::Status::complete : api::Status::errored, false});
        painter.setFont(Theme::get().pageTitle());
        painter.setPen(Theme::get().color(Token::text));
        painter.drawText(rect().adjusted(30, 0, 0, 0), Qt::AlignVCenter, text_);
    }

  private:
    QString text_;
    bool good_;
};

/// Every version has the address of its project below a label of its own (reference: preview deployments).
QString projectAddress(const QString& version) {
    const int host = static_cast<int>(version.indexOf(QStringLiteral("://"))) + 3;
    const auto dot = version.indexOf(QLatin1Char('.'), host);
    return dot < 0 ? version : version.left(host) + version.mid(dot + 1);
}

QString factsOf(const site::DeployOutcome& outcome) {
    QStringList facts{QObject::tr("in %1").arg(format::duration(outcome.took))};
    if (outcome.uploaded > 0)
        facts << QObject::tr("%1 uploaded (%2)")
                     .arg(filesText(outcome.uploaded), format::bytes(outcome.uploadedBytes));
    if (outcome.alreadyThere > 0)
        facts << (outcome.alreadyThere == 1
                      ? QObject::tr("1 file skipped, the store had it")
                      : QObject::tr("%1 skipped, the store had them").arg(filesText(outcome.alreadyThere)));
    return facts.join(QStringLiteral(" · "));
}

}  // namespace

DonePage::DonePage(QWidget* parent)
    : QWidget(parent)
    , rows_(new QVBoxLayout(this)) {
    setObjectName("donePage");
    rows_->setContentsMargins(24, 20, 24, 16);
    rows_->setSpacing(8);
}

void DonePage::clear() {
    address_.clear();
    notes_ = nullptr;
    for (auto* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        delete child;
    while (auto* item = rows_->takeAt(0))
        delete item;
}

void DonePage::addHeadline(const QString& text, const QString& detail, bool good) {
    rows_->addWidget(new Headline(text, good));
    auto* facts = new FittedLabel("mute");
    facts->setWhole(detail);
    facts->setObjectName("doneFacts");
    facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    rows_->addWidget(facts);
    rows_->addSpacing(8);
}

void DonePage::addAddress(const QString& label, const QString& url) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    auto* name = makeLabel(label, "small");
    name->setFixedWidth(86);
    auto* address = new ElidedLabel(url, Qt::ElideMiddle);
    address->setFont(Theme::get().mono());
    address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* copy = makeButton(tr("Copy"));
    auto* open = makeButton(tr("Open"));
    copy->setAccessibleName(tr("Copy %1").arg(url));
    open->setAccessibleName(tr("Open %1").arg(url));
    connect(copy, &QPushButton::clicked, this, [this, url] {
        QApplication::clipboard()->setText(url);
        NoticeBar::say(this, NoticeBar::Kind::success, tr("Address copied"));
    });
    connect(open, &QPushButton::clicked, this, [this, url] { openWebAddress(this, url); });
    line->addWidget(name);
    line->addWidget(address, 1);
    line->addWidget(copy);
    line->addWidget(open);
    rows_->addWidget(row);
}

void DonePage::showPublished(const site::DeployOutcome& outcome) {
    clear();
    const auto& made = outcome.deployment;
    address_ = toQt(made.url);
    const bool production = made.environment == api::SiteEnvironment::production;
    addHeadline(production ? tr("%1 is live").arg(toQt(made.projectName))
                           : tr("A preview of %1 is up").arg(toQt(made.projectName)),
                factsOf(outcome), true);
    if (production) addAddress(tr("Live at"), projectAddress(address_));
    addAddress(tr("This version"), address_);
    for (const auto& alias : made.aliases)
        addAddress(tr("Also at"), toQt(alias));
    rows_->addSpacing(8);
    if (isOnlyHere(address_)) {
        rows_->addWidget(makeLabel(tr("These addresses open on this machine only."), "small"));
    } else {
        auto* code = new QrView;
        code->setText(production ? projectAddress(address_) : address_);
        rows_->addWidget(code, 0, Qt::AlignLeft);
    }
    notes_ = new QVBoxLayout;
    notes_->setSpacing(8);
    rows_->addLayout(notes_);
    rows_->addStretch(1);
}

void DonePage::showFailed(const site::DeployOutcome& outcome) {
    clear();
    using Kind = site::DeployOutcome::Kind;
    const QString kept =
        outcome.uploaded == 0 ? QString()
        : outcome.uploaded == 1
            ? tr(" 1 file was uploaded and will not be sent again.")
            : tr(" %1 were uploaded and will not be sent again.").arg(filesText(outcome.uploaded));
    if (outcome.kind == Kind::failedFiles) {
        const auto count = static_cast<std::int64_t>(outcome.failed.size());
        addHeadline(tr("%1 could not be uploaded").arg(filesText(count)), tr("Nothing was published.") + kept,
                    false);
        return addFailedFiles(outcome.failed);
    }
    if (outcome.kind == Kind::cancelled)
        addHeadline(tr("Cancelled"), tr("Nothing was published.") + kept, false);
    else
        addHeadline(tr("It was not deployed"), toQt(outcome.reason) + kept, false);
    rows_->addStretch(1);
}

void DonePage::addFailedFiles(const std::vector<site::FailedFile>& failed) {
    auto* list = new QPlainTextEdit;
    list->setObjectName("failedFiles");
    list->setReadOnly(true);
    list->setFont(Theme::get().mono());
    QStringList lines;
    for (std::size_t i = 0; i < failed.size() && i < mostListed; ++i)
        lines << toQt(failed[i].path) + QStringLiteral(": ") + toQt(failed[i].reason);
    list->setPlainText(lines.join(QLatin1Char('\n')));
    rows_->addWidget(list, 1);
}

void DonePage::showLog(const std::vector<api::SiteLogLine>& lines) {
    const QString mark = QStringLiteral("Warning: ");
    for (const auto& line : lines) {
        const QString text = toQt(line.text);
        if (notes_ == nullptr || !text.startsWith(mark) || notes_->count() >= mostNotes) continue;
        notes_->addWidget(new WarningCard({}, text.mid(mark.size()), {}));
    }
}

}  // namespace stepwell
