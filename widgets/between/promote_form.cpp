#include "widgets/between/promote_form.h"

#include "models/api/identifiers.h"
#include "models/deploy/site_names.h"
#include "models/text.h"
#include "models/visible_text.h"
#include "widgets/controls.h"
#include "widgets/deploy/warning_card.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int dotSize = 10;
constexpr int restMs = 400;
constexpr int longestSecret = 128 * 1024;

QIcon dotOf(const QColor& colour) {
    QPixmap picture(dotSize * 2, dotSize * 2);
    picture.setDevicePixelRatio(2);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour.isValid() ? colour : Theme::get().color(Token::mute));
    painter.drawEllipse(QRectF(1, 1, dotSize - 2, dotSize - 2));
    return picture;
}

void clear(QVBoxLayout* rows) {
    while (auto* item = rows->takeAt(0)) {
        if (item->widget() != nullptr) item->widget()->deleteLater();
        delete item;
    }
}

QLabel* wrapped(const char* kind) {
    auto* label = makeLabel(QString(), kind);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}  // namespace

PromoteForm::PromoteForm(between::Promotion& promotion, Backend& source, Peers peers, QWidget* parent)
    : QWidget(parent)
    , promotion_(promotion)
    , source_(&source)
    , peers_(std::move(peers))
    , targets_(new ComboBox)
    , targetNote_(wrapped("error"))
    , openTarget_(new QPushButton(tr("Open it…")))
    , name_(new QLineEdit(promotion.subject().name))
    , nameNote_(wrapped("error"))
    , branch_(new QLineEdit)
    , branchBox_(new QWidget)
    , cards_(new QWidget)
    , cardRows_(new QVBoxLayout(cards_))
    , takeover_(new QCheckBox(tr("Take them over")))
    , allTheSame_(new QCheckBox(isSite() ? tr("Deploy the same once more") : tr("Upload the same once more")))
    , secrets_(new QWidget)
    , secretRows_(new QVBoxLayout(secrets_))
    , kept_(wrapped("small")) {
    targets_->setObjectName("promoteTarget");
    targets_->setAccessibleName(tr("Backend it goes to"));
    targets_->setIconSize({dotSize, dotSize});
    targets_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    targets_->setMinimumContentsLength(10);
    name_->setObjectName("promoteName");
    name_->setAccessibleName(tr("Name there"));
    name_->setProperty("kind", "mono");
    name_->setMaxLength(255);
    branch_->setObjectName("promoteBranch");
    branch_->setAccessibleName(tr("Branch there"));
    branch_->setPlaceholderText(tr("that of production"));
    branch_->setMaxLength(255);
    takeover_->setObjectName("promoteTakeover");
    allTheSame_->setObjectName("promoteAllTheSame");
    openTarget_->setObjectName("promoteOpenTarget");
    openTarget_->hide();
    connect(openTarget_, &QPushButton::clicked, this, [this] {
        if (const auto chosen = target()) emit openRequested(chosen->id);
    });
    setFocusProxy(targets_);
    rest_.setSingleShot(true);
    rest_.setInterval(restMs);
    layOut();
    connect(targets_, &QComboBox::activated, this, &PromoteForm::onTarget);
    for (auto* field : {name_, branch_})
        connect(field, &QLineEdit::textEdited, this, [this] {
            rest_.start();
            emit changed();
        });
    connect(&rest_, &QTimer::timeout, this, &PromoteForm::aim);
    for (auto* agreed : {takeover_, allTheSame_})
        connect(agreed, &QCheckBox::toggled, this, &PromoteForm::changed);
    connect(&promotion_, &between::Promotion::stateChanged, this, &PromoteForm::showPlan);
    listPeers();
    showPlan();
}

void PromoteForm::layOut() {
    auto* ofBranch = new QVBoxLayout(branchBox_);
    ofBranch->setContentsMargins(0, 8, 0, 0);
    ofBranch->setSpacing(4);
    ofBranch->addWidget(makeLabel(tr("Branch there"), "small"));
    ofBranch->addWidget(branch_);
    branchBox_->setVisible(isSite());
    for (auto* rows : {cardRows_, secretRows_}) {
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(rows == cardRows_ ? 8 : 4);
    }
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 12, 16, 12);
    all->setSpacing(4);
    all->addWidget(makeLabel(tr("To"), "small"));
    all->addWidget(targets_);
    all->addWidget(targetNote_);
    all->addWidget(openTarget_, 0, Qt::AlignLeft);
    all->addSpacing(8);
    all->addWidget(makeLabel(isSite() ? tr("Project there") : tr("Name there"), "small"));
    all->addWidget(name_);
    all->addWidget(nameNote_);
    all->addWidget(branchBox_);
    all->addSpacing(8);
    all->addWidget(secrets_);
    all->addWidget(kept_);
    all->addSpacing(8);
    all->addWidget(cards_);
    all->addWidget(takeover_);
    all->addWidget(allTheSame_);
    all->addStretch(1);
}

void PromoteForm::listPeers() {
    const auto before = target();
    listed_ = peers_();
    const QSignalBlocker quiet(targets_);
    targets_->clear();
    for (const auto& peer : listed_) {
        QString text = peer.name;
        if (peer.production) text += QStringLiteral(" · ") + tr("production");
        if (peer.backend == nullptr) text += QStringLiteral(" · ") + tr("not open");
        if (peer.backend != nullptr && peer.backend == source_) text += QStringLiteral(" · ") + tr("a copy");
        targets_->addItem(dotOf(peer.colour), text);
    }
    int chosen = -1;
    for (std::size_t i = 0; before && i < listed_.size(); ++i)
        if (listed_[i].id == before->id && listed_[i].name == before->name) chosen = static_cast<int>(i);
    targets_->setCurrentIndex(chosen);
    targets_->setPlaceholderText(listed_.empty() ? tr("No other backend is known") : tr("Choose a backend"));
}

void PromoteForm::proposeTarget() {
    if (targets_->currentIndex() >= 0) return onTarget();
    for (std::size_t i = 0; i < listed_.size(); ++i) {
        const auto& peer = listed_[i];
        if (peer.backend == nullptr || peer.backend == source_) continue;
        if (!between::canTake(*peer.backend, promotion_.subject().kind).available) continue;
        targets_->setCurrentIndex(static_cast<int>(i));
        break;
    }
    onTarget();
}

std::optional<Peer> PromoteForm::target() const {
    const int at = targets_->currentIndex();
    if (at < 0 || at >= static_cast<int>(listed_.size())) return std::nullopt;
    return listed_[static_cast<std::size_t>(at)];
}

void PromoteForm::onTarget() {
    const auto chosen = target();
    if (chosen && chosen->backend == nullptr) emit openRequested(chosen->id);
    rest_.stop();
    aim();
}

QString PromoteForm::nameProblem() const {
    const QString name = name_->text().trimmed();
    if (isSite()) return projectNameProblem(name);
    if (api::isScriptName(name.toStdString())) return {};
    return tr("1 to 255 letters, digits, -, _ or ., and not only dots.");
}

void PromoteForm::aim() {
    rest_.stop();
    const QString wrong = nameProblem();
    nameNote_->setText(wrong);
    nameNote_->setVisible(!wrong.isEmpty());
    setLook(name_, "invalid", !wrong.isEmpty());
    QString lack;
    const auto chosen = target();
    auto* backend = chosen ? chosen->backend.data() : nullptr;
    if (source_ != nullptr)
        if (const auto gives = between::canGive(*source_, promotion_.subject().kind); !gives.available)
            lack = gives.reason + QLatin1Char('.');
    if (lack.isEmpty() && backend != nullptr)
        if (const auto takes = between::canTake(*backend, promotion_.subject().kind); !takes.available)
            lack = takes.reason + QLatin1Char('.');
    const bool isClosed = chosen && backend == nullptr;
    if (isClosed && lack.isEmpty())
        lack = tr("%1 is not open yet. Its token is asked for when the system's keychain has none.")
                   .arg(chosen->name);
    // Waiting is no fault.
    setLook(targetNote_, "kind", isClosed ? "small" : "error");
    openTarget_->setVisible(isClosed);
    targetNote_->setText(lack);
    targetNote_->setVisible(!lack.isEmpty());
    if (backend == nullptr || !lack.isEmpty() || !wrong.isEmpty()) return promotion_.aimNowhere();
    promotion_.aim(*backend, {name_->text().trimmed(), branch_->text().trimmed()});
}

void PromoteForm::showPlan() {
    const auto& plan = promotion_.plan();
    const bool running = promotion_.state() == between::Promotion::State::running;
    setEnabled(!running);
    if (plan) {
        showCards(*plan);
        showSecrets(*plan);
    }
    cards_->setVisible(plan != nullptr && cardRows_->count() > 0);
    takeover_->setVisible(plan != nullptr && !plan->takeovers.empty());
    // What was agreed to was about what was shown then.
    const bool nothing = plan != nullptr && plan->obstacles.empty() && plan->changesNothing();
    if (!nothing) allTheSame_->setChecked(false);
    allTheSame_->setVisible(nothing);
    secrets_->setVisible(plan != nullptr && !fields_.empty());
    kept_->setVisible(plan != nullptr && !plan->kept.empty());
    emit changed();
}

void PromoteForm::showCards(const between::PromotionPlan& plan) {
    clear(cardRows_);
    const auto add = [this](const QString& name, const std::vector<std::string>& texts) {
        for (const auto& text : texts)
            cardRows_->addWidget(new WarningCard(name, visibleText(toQt(text)), {}));
    };
    add(tr("Cannot be sent:"), plan.obstacles);
    add({}, plan.warnings);
    add({}, plan.takeovers);
}

/// What was typed stays as long as the same secrets are asked for.
void PromoteForm::showSecrets(const between::PromotionPlan& plan) {
    QStringList kept;
    for (const auto& name : plan.kept)
        kept << visibleText(toQt(name));
    kept_->setText(tr("Secrets that stay as they are there: %1").arg(kept.join(QStringLiteral(", "))));
    if (plan.missing == asked_) return;
    asked_ = plan.missing;
    clear(secretRows_);
    fields_.clear();
    if (asked_.empty()) return;
    auto* words = wrapped("small");
    words->setText(tr("Secrets that are missing there. They are sent with it and kept nowhere here."));
    secretRows_->addWidget(words);
    for (const auto& name : asked_) {
        auto* label = wrapped("cardTitle");
        label->setText(visibleText(toQt(name)));
        auto* field = new QLineEdit;
        field->setObjectName(QStringLiteral("secret-") + toQt(name));
        field->setEchoMode(QLineEdit::Password);
        field->setMaxLength(longestSecret);
        field->setAccessibleName(tr("Text of the secret %1").arg(toQt(name)));
        label->setBuddy(field);
        connect(field, &QLineEdit::textChanged, this, &PromoteForm::changed);
        secretRows_->addWidget(label);
        secretRows_->addWidget(field);
        fields_.push_back(field);
    }
}

QString PromoteForm::problem() const {
    const auto& plan = promotion_.plan();
    if (!plan || rest_.isActive()) return tr("What would change is not known yet");
    if (!plan->obstacles.empty()) return tr("Something stands in the way");
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (fields_[i]->text().isEmpty())
            return tr("The secret %1 is missing").arg(QString::fromStdString(asked_[i]));
    if (!plan->takeovers.empty() && !takeover_->isChecked())
        return tr("Something would be taken from another script");
    if (plan->changesNothing() && !allTheSame_->isChecked()) return tr("There is nothing to promote");
    return {};
}

between::Secrets PromoteForm::secrets() const {
    between::Secrets texts;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        texts[asked_[i]] = fields_[i]->text().toStdString();
    return texts;
}

void PromoteForm::clearSecrets() {
    for (auto* field : fields_)
        field->clear();
}

}  // namespace stepwell
