namespace Bert.MLNet.Server.Models;

/// <summary>A task of pairs for single texts, whose second texts are empty.</summary>
/// <param name="pairs">The task.</param>
internal sealed class SingleTextTask(IServedTask<BertTextPair, IReadOnlyList<LabelScore>> pairs)
    : IServedTask<string, IReadOnlyList<LabelScore>>
{
    public Task<TaskAnswer<IReadOnlyList<LabelScore>>> RunAsync(
        IReadOnlyList<string> inputs, string field, bool truncate, CancellationToken cancellationToken) =>
        pairs.RunAsync([.. inputs.Select(text => new BertTextPair(text, ""))], field, truncate, cancellationToken);
}
