#include "widgets/between/instance_choice.h"

#include "models/backend.h"
#include "models/visible_text.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int listedInstances = 100;

QString textOf(const api::InstanceSummary& row) {
    QString text = QString::fromStdString(row.id) + QStringLiteral("   ");
    text += row.otherStatus.empty() ? statusWord({row.status, row.sleeping})
                                    : visibleText(QString::fromStdString(row.otherStatus));
    if (row.createdOn) text += QStringLiteral(" · ") + format::relative(*row.createdOn, format::now());
    return text;
}

}  // namespace

InstanceChoice::InstanceChoice(Peers peers, QWidget* parent)
    : QWidget(parent)
    , peers_(std::move(peers))
    , backends_(new ComboBox)
    , workflows_(new ComboBox)
    , instances_(new ComboBox)
    , cut_(makeLabel({}, "small"))
    , problem_(makeLabel({}, "error")) {
    backends_->setAccessibleName(tr("Backend"));
    workflows_->setAccessibleName(tr("Workflow"));
    instances_->setAccessibleName(tr("Instance"));
    instances_->setEditable(true);
    instances_->setInsertPolicy(QComboBox::NoInsert);
    instances_->lineEdit()->setPlaceholderText(tr("Id of an instance"));
    instances_->setMaxVisibleItems(16);
    for (auto* box : {backends_, workflows_, instances_}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(backends_, 2);
    row->addWidget(workflows_, 2);
    row->addWidget(instances_, 3);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(cut_);
    column->addWidget(problem_);
    cut_->setObjectName("choiceCut");
    cut_->setWordWrap(true);
    cut_->hide();
    problem_->hide();
    problem_->setWordWrap(true);
    listed_ = peers_();
    for (const auto& peer : listed_)
        backends_->addItem(peer.name);
    connect(backends_, &QComboBox::activated, this, [this] { listWorkflows(workflows_->currentText()); });
    connect(workflows_, &QComboBox::activated, this, [this] { listInstances({}); });
    connect(instances_, &QComboBox::activated, this, [this](int at) {
        instances_->setEditText(instances_->itemData(at).toString());
        emit chosen();
    });
    connect(instances_->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        if (!name().id.isEmpty()) emit chosen();
    });
}

Backend* InstanceChoice::backend() const {
    const int at = backends_->currentIndex();
    return at < 0 ? nullptr : listed_[static_cast<std::size_t>(at)].backend.data();
}

InstanceName InstanceChoice::name() const {
    return {backend(), workflows_->currentText(), instances_->currentText().trimmed()};
}

void InstanceChoice::setName(const InstanceName& name) {
    for (std::size_t i = 0; i < listed_.size(); ++i)
        if (listed_[i].backend == name.backend) backends_->setCurrentIndex(static_cast<int>(i));
    workflows_->clear();
    if (!name.workflow.isEmpty()) workflows_->addItem(name.workflow);
    listWorkflows(name.workflow);
    instances_->setEditText(name.id);
}

void InstanceChoice::listWorkflows(const QString& wanted) {
    auto* from = backend();
    const int generation = ++generation_;
    problem_->hide();
    if (from == nullptr) return;
    from->workflows(this, [this, wanted, generation](api::Result<std::vector<api::Workflow>> answer) {
        if (generation != generation_) return;
        if (!answer) {
            problem_->setText(tr("Workflows: %1").arg(QString::fromStdString(answer.error().message)));
            return problem_->show();
        }
        workflowsCut_ = cutSentence(tr("workflows"), backend()->listCut(PagedList::workflows));
        workflows_->clear();
        for (const auto& workflow : *answer)
            workflows_->addItem(QString::fromStdString(workflow.name));
        workflows_->setCurrentIndex(std::max(0, workflows_->findText(wanted)));
        listInstances(instances_->currentText());
    });
}

void InstanceChoice::listInstances(const QString& wanted) {
    auto* from = backend();
    const int generation = ++generation_;
    instances_->clear();
    instances_->setEditText(wanted);
    problem_->hide();
    showCut({});
    if (from == nullptr || workflows_->currentText().isEmpty()) return;
    InstanceListQuery query;
    query.workflow = workflows_->currentText().toStdString();
    query.perPage = listedInstances;
    from->instances(query, this, [this, wanted, generation](api::Result<InstanceList> answer) {
        if (generation != generation_) return;
        if (!answer) {
            problem_->setText(tr("Instances: %1").arg(QString::fromStdString(answer.error().message)));
            return problem_->show();
        }
        const bool sameList = backend() == leftOut_.backend && workflows_->currentText() == leftOut_.workflow;
        const QString typed = instances_->currentText();
        for (const auto& row : answer->rows)
            if (!sameList || QString::fromStdString(row.id) != leftOut_.id)
                instances_->addItem(textOf(row), QString::fromStdString(row.id));
        showCut(*answer);
        instances_->setCurrentIndex(-1);
        instances_->setEditText(typed.isEmpty() ? wanted : typed);
    });
}

void InstanceChoice::showCut(const InstanceList& list) {
    const auto listed = static_cast<std::int64_t>(list.rows.size());
    QStringList sentences{workflowsCut_};
    if (list.total > listed) {
        const QString most = format::number(listed);
        // Not exact: the last place stands for whatever else there may be.
        const bool isTold = list.totalIsExact || list.total > listed + 1;
        sentences << (isTold ? tr("Of the instances the newest %1 of %2%3 are listed; any id can be typed.")
                                   .arg(most, list.totalIsExact ? QString() : tr("about "),
                                        format::number(list.total))
                             : tr("Of the instances the newest %1 are listed, there are more; any id can be "
                                  "typed.")
                                   .arg(most));
    }
    sentences.removeAll(QString());
    cut_->setText(sentences.join(QLatin1Char(' ')));
    cut_->setVisible(!sentences.isEmpty());
}

}  // namespace stepwell
