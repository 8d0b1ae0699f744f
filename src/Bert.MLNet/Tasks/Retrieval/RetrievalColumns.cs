using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Reads ids, vectors and judgements of a search.</summary>
internal static class RetrievalColumns
{
    /// <summary>Reads vectors with their ids, and scales them to length 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">An id occurs twice.</exception>
    public static List<(string Id, float[] Vector)> Vectors(
        IHostEnvironment env, IDataView data, (string Name, string Option) id, (string Name, string Option) features)
    {
        DataViewSchema.Column idColumn = InputColumn.FindText(data.Schema, id.Name, id.Option);
        DataViewSchema.Column vectorColumn = InputColumn.Find(
            data.Schema, features.Name, features.Option, "a vector of Single of known size",
            type => type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single);
        var rows = new List<(string, float[])>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        DataScan.Run(env, data, [idColumn, vectorColumn], row =>
        {
            var getId = row.GetGetter<ReadOnlyMemory<char>>(idColumn);
            var getVector = row.GetGetter<VBuffer<float>>(vectorColumn);
            ReadOnlyMemory<char> name = default;
            VBuffer<float> vector = default;
            return () =>
            {
                getId(ref name);
                getVector(ref vector);
                if (!known.Add(name.ToString()))
                    throw new InvalidOperationException($"The id '{name}' occurs twice in column '{id.Name}'. Ids must be unique.");
                rows.Add((name.ToString(), UnitVector([.. vector.DenseValues()])));
            };
        });
        return rows;
    }

    /// <summary>Reads the relevance of documents by query.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public static Dictionary<string, Dictionary<string, float>> Judgements(
        IHostEnvironment env, IDataView data, (string Name, string Option) query, (string Name, string Option) document,
        (string Name, string Option) label)
    {
        DataViewSchema.Column queryColumn = InputColumn.FindText(data.Schema, query.Name, query.Option);
        DataViewSchema.Column documentColumn = InputColumn.FindText(data.Schema, document.Name, document.Option);
        DataViewSchema.Column labelColumn = InputColumn.Find(
            data.Schema, label.Name, label.Option, "Single", type => type == NumberDataViewType.Single);
        var judgements = new Dictionary<string, Dictionary<string, float>>(StringComparer.Ordinal);
        DataScan.Run(env, data, [queryColumn, documentColumn, labelColumn], row =>
        {
            var getQuery = row.GetGetter<ReadOnlyMemory<char>>(queryColumn);
            var getDocument = row.GetGetter<ReadOnlyMemory<char>>(documentColumn);
            var getLabel = row.GetGetter<float>(labelColumn);
            ReadOnlyMemory<char> one = default, other = default;
            float relevance = 0;
            return () =>
            {
                getQuery(ref one);
                getDocument(ref other);
                getLabel(ref relevance);
                if (!judgements.TryGetValue(one.ToString(), out Dictionary<string, float>? documents))
                    judgements[one.ToString()] = documents = new Dictionary<string, float>(StringComparer.Ordinal);
                documents[other.ToString()] = relevance;
            };
        });
        return judgements;
    }

    private static float[] UnitVector(float[] vector)
    {
        double length = Math.Sqrt(vector.Sum(value => (double)value * value));
        return length > 0 ? [.. vector.Select(value => (float)(value / length))] : vector;
    }
}
