namespace Bert.MLNet.Tasks;

/// <summary>
/// The possible labels of words, as tags. Tags of any <see cref="TagScheme"/>, even incorrect sequences, are read as entities and
/// can be written correctly. Immutable and thread-safe.
/// </summary>
internal sealed class TagSet
{
    /// <summary>
    /// The rules of conlleval, which makes an entity of every sequence of a type. The single or last word of BILOU ends one like that
    /// of IOBES.
    /// </summary>
    private static readonly EntityReader s_reader = new(NamedEntityScheme.Conll);

    private readonly EntityTag[] _tags;
    private readonly Dictionary<EntityTag, int> _labels = [];

    /// <param name="names">The labels as text. If none of them is O, a label for words outside of entities is added.</param>
    public TagSet(IReadOnlyList<string> names)
    {
        _tags = [.. names.Select(name => EntityTag.Parse(name))];
        Outside = Array.FindIndex(_tags, tag => tag.Prefix == EntityTag.Outside.Prefix);
        if (Outside < 0)
        {
            Outside = names.Count;
            names = [.. names, "O"];
            _tags = [.. _tags, EntityTag.Outside];
        }
        Names = names;
        for (int label = 0; label < _tags.Length; label++)
            _labels.TryAdd(_tags[label], label);
    }

    /// <summary>The labels as text.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The label of words outside of entities.</summary>
    public int Outside { get; }

    /// <summary>Reads the entities among words with these labels, in order.</summary>
    public List<EntitySpan> Read(IEnumerable<int> labels)
    {
        var entities = new List<EntitySpan>();
        s_reader.Read([.. labels.Select(label => _tags[label].AsIobes())], entities);
        return entities;
    }

    /// <summary>Converts labels to a scheme. A word keeps its label if there is no label for its tag in the scheme.</summary>
    public int[] Write(IReadOnlyList<int> labels, TagScheme scheme)
    {
        int[] written = [.. labels];
        foreach ((int word, EntityTag tag) in Tags(labels, scheme))
            written[word] = _labels.GetValueOrDefault(tag, written[word]);
        return written;
    }

    /// <summary>Returns the scheme in which most of the words of some texts are labelled.</summary>
    public TagScheme SchemeOf(IEnumerable<IReadOnlyList<int>> texts)
    {
        TagScheme[] schemes = Enum.GetValues<TagScheme>();
        long[] hits = new long[schemes.Length];
        foreach (IReadOnlyList<int> labels in texts)
        {
            for (int i = 0; i < schemes.Length; i++)
                hits[i] += Tags(labels, schemes[i]).Count(word => _tags[labels[word.Word]] == word.Tag);
        }
        return schemes[Array.IndexOf(hits, hits.Max())];
    }

    /// <summary>Returns the words of the entities, and their tags in a scheme.</summary>
    private IEnumerable<(int Word, EntityTag Tag)> Tags(IReadOnlyList<int> labels, TagScheme scheme)
    {
        List<EntitySpan> entities = Read(labels);
        for (int i = 0; i < entities.Count; i++)
        {
            (string type, int start, int end) = entities[i];
            bool follows = i > 0 && entities[i - 1].Type == type && entities[i - 1].End == start;
            bool isFollowed = i + 1 < entities.Count && entities[i + 1].Type == type && entities[i + 1].Start == end;
            for (int word = start; word < end; word++)
                yield return (word, new EntityTag(scheme.Prefix(word == start, word == end - 1, follows, isFollowed), type));
        }
    }
}
